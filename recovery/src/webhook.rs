//! Delivery events from a mail provider: Standard Webhooks signatures, and the two events that
//! matter here.
//!
//! The signature is over the raw body. Verify first, parse after: an unsigned body is a
//! stranger's.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::message::OUTBOX_TAG;

/// How far a webhook's timestamp may be from now, in seconds, in both directions (Standard
/// Webhooks; Svix uses the same).
pub const TOLERANCE: i64 = 300;

/// More signatures than this in one header are not looked at: a rotation has two.
const SIGNATURES_MAX: usize = 16;

/// Why a webhook was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookError {
    /// The configured secret is not `whsec_` and base64 of 16 to 64 bytes.
    BadSecret,
    /// Id or timestamp are missing or malformed.
    Malformed,
    /// The timestamp is too far from now.
    Stale,
    /// No `v1` signature matches.
    Mismatch,
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadSecret => "the webhook secret is not of the form whsec_ and base64",
            Self::Malformed => "the webhook headers are malformed",
            Self::Stale => "the webhook is too old or from the future",
            Self::Mismatch => "no webhook signature matches",
        })
    }
}

impl std::error::Error for WebhookError {}

/// The three headers of a webhook: `webhook-id`, `webhook-timestamp` and `webhook-signature`, or
/// the same with `svix-`.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// Names this event for ever; store it to drop repetitions.
    pub id: &'a str,
    /// Unix seconds, decimal.
    pub timestamp: &'a str,
    /// `v1,<base64>`, several separated by spaces while a key is being rotated.
    pub signature: &'a str,
}

/// Checks a webhook at `now` (unix seconds). Comparison takes the same time wherever the first
/// difference is, and every signature is compared.
///
/// # Errors
/// See [`WebhookError`]; all but [`WebhookError::BadSecret`] are the sender's doing.
///
/// ```
/// use recovery::webhook::{Headers, WebhookError, verify};
///
/// let headers = Headers { id: "msg_1", timestamp: "1700000000", signature: "v1,AAAA" };
/// let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
/// assert_eq!(verify(secret, headers, b"{}", 1_700_000_000), Err(WebhookError::Mismatch));
/// ```
pub fn verify(
    secret: &str,
    headers: Headers<'_>,
    body: &[u8],
    now: i64,
) -> Result<(), WebhookError> {
    let key = secret.strip_prefix("whsec_").ok_or(WebhookError::BadSecret)?;
    let key = STANDARD.decode(key).map_err(|_| WebhookError::BadSecret)?;
    if !(16..=64).contains(&key.len()) {
        return Err(WebhookError::BadSecret);
    }
    // The signed text is `id.timestamp.body`: a full stop in the id, or a sign or space before
    // the number, would let one signature stand for two readings.
    let id_is_plain = (1..=256).contains(&headers.id.len())
        && headers.id.bytes().all(|b| b.is_ascii_graphic() && b != b'.');
    let digits = !headers.timestamp.is_empty()
        && headers.timestamp.len() <= 12
        && headers.timestamp.bytes().all(|b| b.is_ascii_digit());
    if !id_is_plain || !digits {
        return Err(WebhookError::Malformed);
    }
    let sent: i64 = headers.timestamp.parse().map_err(|_| WebhookError::Malformed)?;
    if now.saturating_sub(sent).saturating_abs() > TOLERANCE {
        return Err(WebhookError::Stale);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| WebhookError::BadSecret)?;
    mac.update(headers.id.as_bytes());
    mac.update(b".");
    mac.update(headers.timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    let mut matches = false;
    for signature in headers.signature.split(' ').take(SIGNATURES_MAX) {
        let Some(signature) = signature.strip_prefix("v1,") else { continue };
        let Ok(signature) = STANDARD.decode(signature) else { continue };
        matches |= mac.clone().verify_slice(&signature).is_ok();
    }
    if matches { Ok(()) } else { Err(WebhookError::Mismatch) }
}

/// What a provider reports about a message that it had accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `email.bounced`: the recipient's server refused the message.
    Bounced {
        /// Which message, to whom.
        about: About,
        /// Whether the provider says that this address will never work.
        permanent: bool,
    },
    /// `email.complained`: the recipient marked the message as spam.
    Complained {
        /// Which message, to whom.
        about: About,
    },
    /// Any other event; answer 2xx and do nothing, so that the provider does not repeat it.
    Other,
}

/// The message that an event is about. Any part may be missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Our own id, given back by the provider; survives an answer that got lost when sending.
    pub outbox: Option<String>,
    /// The provider's id of the message (`data.email_id`).
    pub provider_id: Option<String>,
    /// The recipient's address, as the provider writes it: personal data.
    pub address: Option<String>,
}

/// Leaves the address out: events are logged.
impl fmt::Debug for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("About")
            .field("outbox", &self.outbox)
            .field("provider_id", &self.provider_id)
            .finish_non_exhaustive()
    }
}

/// The body of a verified webhook is not an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnEvent;

impl fmt::Display for NotAnEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the webhook's body is not an event")
    }
}

impl std::error::Error for NotAnEvent {}

impl Event {
    /// Reads a verified body. Unknown members are ignored: providers add them without notice.
    ///
    /// # Errors
    /// [`NotAnEvent`] where it is not a JSON object with a `type`, or where `data` of an event that
    /// matters is not as documented.
    pub fn parse(body: &[u8]) -> Result<Self, NotAnEvent> {
        // By hand: a derived reader takes a list for an object, its members by position.
        let body: Value = serde_json::from_slice(body).map_err(|_| NotAnEvent)?;
        let body = body.as_object().ok_or(NotAnEvent)?;
        let kind = body.get("type").and_then(Value::as_str).ok_or(NotAnEvent)?;
        if kind != "email.bounced" && kind != "email.complained" {
            return Ok(Self::Other);
        }
        let empty = Map::new();
        let data = object(body.get("data"))?.unwrap_or(&empty);
        let about = About {
            outbox: data.get("tags").and_then(outbox),
            provider_id: text(data.get("email_id"))?,
            // Our messages have one recipient each.
            address: match data.get("to") {
                Some(Value::Array(addresses)) => text(addresses.first())?,
                one => text(one)?,
            },
        };
        if kind == "email.complained" {
            return Ok(Self::Complained { about });
        }
        // Resend sends this event for permanent refusals; a type that says otherwise is believed.
        let bounce = object(data.get("bounce"))?.unwrap_or(&empty);
        let permanent =
            text(bounce.get("type"))?.is_none_or(|kind| kind.eq_ignore_ascii_case("permanent"));
        Ok(Self::Bounced { about, permanent })
    }
}

/// An optional object; anything else is an error.
fn object(value: Option<&Value>) -> Result<Option<&Map<String, Value>>, NotAnEvent> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(NotAnEvent),
    }
}

/// An optional text; anything else is an error.
fn text(value: Option<&Value>) -> Result<Option<String>, NotAnEvent> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(NotAnEvent),
    }
}

/// The outbox id among the tags. Resend documents a list of pairs; events also come with an
/// object. Other tags may be an operator's own and are not looked at.
fn outbox(tags: &Value) -> Option<String> {
    let value = match tags {
        Value::Object(tags) => tags.get(OUTBOX_TAG),
        Value::Array(tags) => tags
            .iter()
            .find(|tag| tag.get("name").and_then(Value::as_str) == Some(OUTBOX_TAG))
            .and_then(|tag| tag.get("value")),
        _ => None,
    };
    value.and_then(Value::as_str).map(str::to_owned)
}
