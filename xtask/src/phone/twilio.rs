//! What Twilio's servers do, after its page *Webhooks security*: forms, signatures, `TwiML`.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

/// The form of an incoming text, and its signature for `url`.
pub(super) fn incoming(
    token: &str,
    url: &str,
    fields: &[(&str, &str)],
) -> Result<(String, String)> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    let id = id.iter().fold("SM".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let mut all = fields.to_vec();
    all.push(("MessageSid", &id));
    all.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).context("HMAC key")?;
    mac.update(url.as_bytes());
    for (name, value) in &all {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    let pairs: Vec<_> =
        all.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    Ok((pairs.join("&"), STANDARD.encode(mac.finalize().into_bytes())))
}

/// The `Authorization` of a call to Twilio's interface.
pub(super) fn basic(account: &str, token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{account}:{token}")))
}

/// The text in a `TwiML` answer.
pub(super) fn reply(answer: &str) -> Option<String> {
    let (_, rest) = answer.split_once("<Message>")?;
    let (text, _) = rest.split_once("</Message>")?;
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(marks.iter().fold(text.to_owned(), |text, (mark, plain)| text.replace(mark, plain)))
}

/// The fields of a form.
pub(super) fn fields(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
                let value = digit().zip(digit()).map_or(0, |(high, low)| high * 16 + low);
                u8::try_from(value).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_written() {
        let (form, _) = incoming("t", "http://localhost", &[("Body", "BH MK đ+1&2")]).unwrap();
        let read = fields(form.as_bytes());
        assert!(read.contains(&("Body".into(), "BH MK đ+1&2".into())));
    }

    #[test]
    fn the_reply_is_found_in_the_markup() {
        let answer = "<?xml?><Response><Message>a &amp;lt; b</Message></Response>";
        assert_eq!(reply(answer).as_deref(), Some("a &lt; b"));
        assert_eq!(reply("<Response/>"), None);
    }
}
