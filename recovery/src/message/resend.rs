//! A message as the body of `POST /emails` at a Resend-compatible API.

use serde::Serialize;

use super::Message;
use super::mime::{AUTOMATIC, Envelope};

#[derive(Serialize)]
struct Email<'a> {
    from: &'a str,
    to: [&'a str; 1],
    subject: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    html: &'a str,
    headers: Headers<'a>,
    tags: [Tag<'a>; 1],
}

/// A struct, not a map: the order of its members is part of "the same bytes".
#[derive(Serialize)]
struct Headers<'a> {
    #[serde(rename = "Auto-Submitted")]
    auto_submitted: &'a str,
    #[serde(rename = "X-Auto-Response-Suppress")]
    auto_response_suppress: &'a str,
    #[serde(rename = "Content-Language")]
    language: &'a str,
    #[serde(rename = "Message-ID")]
    message_id: &'a str,
    /// Keeps Gmail from folding two recoveries into one thread, the newer code hidden.
    #[serde(rename = "X-Entity-Ref-ID")]
    entity: &'a str,
}

#[derive(Serialize)]
struct Tag<'a> {
    name: &'a str,
    value: &'a str,
}

/// The name of the tag that carries the outbox id; bounce events give it back.
pub(crate) const OUTBOX_TAG: &str = "outbox";

/// The request's body. The outbox id also belongs into the `Idempotency-Key` header; a provider
/// that sees the key again with other bytes refuses it, which is why these are the same each time.
pub fn resend_json(message: &Message, envelope: &Envelope) -> String {
    let [(_, auto_submitted), (_, auto_response_suppress)] = AUTOMATIC;
    let from = &envelope.from;
    let from = if from.name.is_empty() {
        from.address.as_str().to_owned()
    } else {
        format!("{} <{}>", unquoted(from.name.as_str()), from.address.as_str())
    };
    let email = Email {
        from: &from,
        to: [envelope.to.as_str()],
        subject: message.subject.as_str(),
        text: &message.text,
        html: &message.html,
        headers: Headers {
            auto_submitted,
            auto_response_suppress,
            language: message.locale.as_str(),
            message_id: &envelope.message_id.to_string(),
            entity: envelope.message_id.outbox(),
        },
        tags: [Tag { name: OUTBOX_TAG, value: envelope.message_id.outbox() }],
    };
    // Strings and arrays only: nothing here can fail to serialise.
    serde_json::to_string(&email).unwrap_or_default()
}

/// The API takes `Name <address>` without quoting: what would end the name is left out.
fn unquoted(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '<' | '>' | '"' | ',' | ';' | '@')).collect()
}
