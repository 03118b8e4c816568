//! Twilio: a form post, `X-Twilio-Signature`, an answer in `TwiML`.
//!
//! The signature is base64 of HMAC-SHA1(auth token, URL ‖ each field's name and value, sorted by
//! name), after Twilio's documentation *Webhooks security*. It covers sender and text. SHA-1's
//! collisions do not touch HMAC.
//!
//! Weak: there is no time in it. A captured request is valid for as long as the token is; what
//! makes a repetition harmless is the message id, which is stored with the first one's decision.
//! Names and values are joined without a mark between them, so a field could be cut elsewhere;
//! here every name must be one that Twilio's fields can have (letters, digits, `_`), and the
//! fields that count have fixed forms of their own.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::{HttpReply, Incoming, Method, Params, Provider, Rejected, RequestParts};
use super::{message_id, own_number, same, sender, xml};
use crate::sms::gsm::Segment;

/// Twilio Programmable Messaging, incoming.
pub struct Twilio {
    /// The account's auth token; while it is rotated, both.
    pub auth_tokens: Vec<String>,
    /// Our numbers, as Twilio writes them; a text to another is refused.
    pub numbers: Vec<String>,
}

/// The signature that Twilio's servers put on a request, or `None` where a field's name is none.
pub(crate) fn signature(token: &str, url: &str, params: &Params) -> Option<[u8; 20]> {
    // A key of any length is taken; the error type is the trait's.
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).ok()?;
    mac.update(url.as_bytes());
    for (name, value) in params.sorted() {
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return None;
        }
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    Some(mac.finalize().into_bytes().into())
}

/// Is the request signed with one of the tokens?
pub(crate) fn signed(tokens: &[String], url: &str, params: &Params, given: Option<&str>) -> bool {
    let Some(given) = given.and_then(|text| STANDARD.decode(text).ok()) else {
        return false;
    };
    // Every token is tried: which of them matched takes no time to tell.
    tokens.iter().filter(|token| !token.is_empty()).fold(false, |found, token| {
        signature(token, url, params).is_some_and(|mac| same(&given, &mac)) | found
    })
}

impl Provider for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    fn method(&self) -> Method {
        Method::Post
    }

    fn signature_header(&self) -> Option<&'static str> {
        Some("x-twilio-signature")
    }

    fn covers_everything(&self) -> bool {
        true
    }

    fn reply_is_charged(&self) -> bool {
        true
    }

    fn receive(&self, request: &RequestParts<'_>) -> Result<Incoming, Rejected> {
        if request.method != Method::Post {
            return Err(Rejected::Method);
        }
        let params = Params::parse(request.body)?;
        if !signed(&self.auth_tokens, request.url, &params, request.signature) {
            return Err(Rejected::Signature);
        }
        let to = own_number(&self.numbers, params.get("To")?)?;
        let body = params.get("Body")?.to_owned();
        Ok(Incoming {
            provider: self.name(),
            message_id: message_id(params.get("MessageSid")?)?,
            from: sender(params.get("From")?)?,
            to,
            body,
            at: None,
        })
    }

    fn reply(&self, _: Option<&Incoming>, text: Option<&Segment>) -> HttpReply {
        let inner = match text {
            Some(text) => format!("<Response><Message>{}</Message></Response>", xml(text.as_str())),
            None => "<Response/>".to_owned(),
        };
        let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{inner}");
        HttpReply { content_type: "text/xml; charset=utf-8", body }
    }
}
