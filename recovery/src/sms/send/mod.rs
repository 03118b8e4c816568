//! Outgoing texts: the pure parts of the providers' HTTP interfaces, and their delivery receipts.
//! The call itself, with its time-out of 10 seconds, is the edge's.

mod esms;
mod twilio;

use std::fmt;

pub use self::esms::EsmsSender;
pub use self::twilio::TwilioSender;
use super::gsm::Segment;
use super::provider::{Rejected, RequestParts};
use crate::flow::dispatch::Outcome;
use crate::flow::ids::Id;
use crate::phone::Phone;

/// An HTTP call that the edge makes as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpCall {
    /// Always by `POST`.
    pub url: String,
    /// Name and value.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// Holds keys, a number and a code: it stays out of logs.
impl fmt::Debug for HttpCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpCall(…)")
    }
}

/// What an HTTP answer was. No answer at all is [`Outcome::Unknown`] and never gets here.
#[derive(Clone, Copy, Debug)]
pub struct HttpAnswer<'a> {
    /// Status.
    pub status: u16,
    /// `Retry-After`, where it is a number of seconds.
    pub retry_after: Option<i64>,
    /// At most 16 KB of the body.
    pub body: &'a [u8],
}

/// Whether a text reached the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The outbox row it is about.
    pub outbox: Id,
    /// What became of it.
    pub news: News,
}

/// What a provider says of a text that it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It is on its way.
    Taken,
    /// It reached the phone.
    Delivered,
    /// It never will.
    Failed,
}

/// One provider of outgoing texts.
pub trait TextApi {
    /// Does the provider take a repeated key as the same message?
    fn honours_idempotency_key(&self) -> bool;
    /// The call that hands over one text.
    fn request(&self, key: &Id, to: &Phone, text: &Segment) -> HttpCall;
    /// What the answer means.
    fn outcome(&self, answer: HttpAnswer<'_>) -> Outcome;
    /// Reads a delivery receipt; `None` for one that says nothing.
    fn receipt(&self, request: &RequestParts<'_>) -> Result<Option<Receipt>, Rejected>;
}

/// An operator must act (a wrong key, an empty account): nothing is lost meanwhile.
const OPERATOR: Outcome = Outcome::Retry { after: Some(300) };

/// Percent-encodes all but letters, digits, `-`, `_`, `.` and `~` (RFC 3986, unreserved).
fn encode(text: &str) -> String {
    use fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.join("&")
}
