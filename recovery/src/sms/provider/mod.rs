//! Who brings incoming texts: one trait, one adapter each, one conformance suite
//! (`tests/sms/conformance.rs`).
//!
//! A provider is off until it is configured. Each adapter says in its own words what its signature
//! does not protect; `docs/security-sms.md` lists what compensates it.

mod esms;
mod one_pay;
mod params;
mod twilio;

use std::fmt;

pub use self::esms::Esms;
pub use self::one_pay::OnePay;
pub use self::params::{Malformed, Params};
pub use self::twilio::Twilio;
pub(crate) use self::twilio::signed as twilio_signed;
use super::gsm::Segment;
use crate::phone::Phone;

/// How a provider calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Everything stands in the query: no request log may exist for such a route.
    Get,
    /// A form in the body.
    Post,
}

/// A provider's request as it came in. What the transport checked before: method, length (16 KB),
/// source address.
#[derive(Clone, Copy)]
pub struct RequestParts<'a> {
    /// `GET` or `POST`; `HEAD` never gets here.
    pub method: Method,
    /// The address that the provider was given, built from `PUBLIC_URL` and the path and query of
    /// the request: never from a `Host` header.
    pub url: &'a str,
    /// The raw query, without `?`.
    pub query: &'a str,
    /// The raw body; empty for `GET`.
    pub body: &'a [u8],
    /// The provider's signature header, where it has one: see [`Provider::signature_header`].
    pub signature: Option<&'a str>,
}

/// A text that came in and is signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    /// [`Provider::name`].
    pub provider: &'static str,
    /// The provider's own name for it: what repetitions are known by.
    pub message_id: String,
    /// Who sent it.
    pub from: Phone,
    /// The number it was sent to, as the provider writes it.
    pub to: String,
    /// What it says.
    pub body: String,
    /// When the provider got it, Unix seconds, where it says so.
    pub at: Option<i64>,
}

/// Neither number nor text: they stay out of logs.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("provider", &self.provider)
            .field("message_id", &self.message_id)
            .finish_non_exhaustive()
    }
}

/// Why a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// Not the provider's method: 405.
    Method,
    /// Fields are missing, repeated, too long or hold control characters: 422.
    Malformed,
    /// Not signed by the provider, or for another account or number of ours: 401.
    Signature,
    /// Signed, but not from a Vietnamese mobile number: nobody on record can have sent it, and an
    /// answer would be charged. Answered as a text that gets no reply.
    Sender,
}

impl From<Malformed> for Rejected {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "not the provider's method",
            Self::Malformed => "malformed request",
            Self::Signature => "not signed by the provider",
            Self::Sender => "not from a mobile number",
        })
    }
}

impl std::error::Error for Rejected {}

/// What goes back to the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpReply {
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The body; always sent with status 200 and `Cache-Control: no-store`.
    pub body: String,
}

/// One provider of incoming texts.
pub trait Provider {
    /// In the path: `/api/v1/sms/{name}`.
    fn name(&self) -> &'static str;
    /// The only method it is allowed.
    fn method(&self) -> Method;
    /// The header of its signature, in lower case.
    fn signature_header(&self) -> Option<&'static str> {
        None
    }
    /// Does the signature cover sender and text? Where it does not, whoever has seen one signed
    /// request can forge others, and the code must not travel in the answer to the request.
    fn covers_everything(&self) -> bool;
    /// May it be configured without a list of source addresses?
    fn needs_allow_list(&self) -> bool {
        !self.covers_everything()
    }
    /// Is a reply on the agency's bill? On a short code the sender has paid for it.
    fn reply_is_charged(&self) -> bool;
    /// Reads the request and checks its signature, in constant time, before anything else is
    /// looked at.
    fn receive(&self, request: &RequestParts<'_>) -> Result<Incoming, Rejected>;
    /// The answer; with `None` no text goes back to the sender. `incoming` is `None` for a text
    /// of [`Rejected::Sender`].
    fn reply(&self, incoming: Option<&Incoming>, text: Option<&Segment>) -> HttpReply;
}

/// Longest id of a message that is taken, in bytes.
const LONGEST_ID: usize = 64;

/// Letters, digits, `-`, `_`, `.` and `:`: what providers use. Nothing that could be a part of
/// another field.
fn message_id(text: &str) -> Result<String, Rejected> {
    let plain =
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
    if plain && (1..=LONGEST_ID).contains(&text.len()) {
        Ok(text.to_owned())
    } else {
        Err(Rejected::Malformed)
    }
}

/// The number of ours that a text was sent to; a text to another was not meant for us.
fn own_number(numbers: &[String], to: &str) -> Result<String, Rejected> {
    let known = numbers.iter().find(|number| *number == to);
    known.cloned().ok_or(Rejected::Signature)
}

/// Where the fields of a text stand in the query of a provider that calls by GET.
struct Names {
    to: &'static str,
    id: &'static str,
    time: &'static str,
    from: &'static str,
    body: &'static str,
}

/// The parameters of a call by GET.
fn query(request: &RequestParts<'_>) -> Result<Params, Rejected> {
    if request.method != Method::Get {
        return Err(Rejected::Method);
    }
    Ok(Params::parse(request.query.as_bytes())?)
}

/// The text in a query whose signature was good.
fn from_query(
    provider: &'static str,
    params: &Params,
    names: &Names,
    numbers: &[String],
    instant: impl Fn(&str) -> Option<i64>,
) -> Result<Incoming, Rejected> {
    let to = own_number(numbers, params.get(names.to)?)?;
    Ok(Incoming {
        provider,
        message_id: message_id(params.get(names.id)?)?,
        at: Some(instant(params.get(names.time)?).ok_or(Rejected::Malformed)?),
        from: sender(params.get(names.from)?)?,
        to,
        body: params.get(names.body)?.to_owned(),
    })
}

fn sender(text: &str) -> Result<Phone, Rejected> {
    Phone::parse(text).map_err(|_| Rejected::Sender)
}

/// Lower-case hex compared in a time that depends on the length alone.
fn same_hex(given: &str, expected: &[u8]) -> bool {
    let given = given.to_ascii_lowercase();
    same(given.as_bytes(), crate::hex::encode(expected).as_bytes())
}

fn same(given: &[u8], expected: &[u8]) -> bool {
    use subtle::ConstantTimeEq as _;
    given.ct_eq(expected).into()
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (H. Hinnant, *`days_from_civil`*).
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    const LENGTHS: [i64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let longest = *LENGTHS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if !(1..=longest).contains(&day) || (month == 2 && day == 29 && !leap) {
        return None;
    }
    let shifted = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Unix seconds of 14 digits `YYYYMMDDhhmmss`, taken as UTC.
fn instant(digits: &str) -> Option<i64> {
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i64>().ok();
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let days = days(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Text inside an XML element. Replies are printable ASCII; whatever else is left out.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            ' '..='~' => escaped.push(c),
            _ => {}
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read() {
        for (digits, seconds) in [
            ("19700101000000", 0),
            ("20130228130101", 1_362_056_461),
            ("20000229000000", 951_782_400),
            ("20270115080000", 1_800_000_000),
            ("21000301000000", 4_107_542_400),
        ] {
            assert_eq!(instant(digits), Some(seconds), "{digits}");
        }
        for bad in [
            "20270229000000",
            "21000229000000",
            "20271301000000",
            "20270015000000",
            "20270100000000",
            "20270132000000",
            "20270115240000",
            "20270115006000",
            "2027011508000",
            "2027011508000a",
            "+0270115080000",
            "",
        ] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn xml_is_escaped() {
        assert_eq!(xml("a<b>&\"'c\u{0}é"), "a&lt;b&gt;&amp;&quot;&apos;c");
    }
}
