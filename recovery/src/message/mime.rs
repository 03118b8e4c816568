//! A message as RFC 5322 text, for the Worker's `send_email` binding.
//!
//! Written out here rather than taken from a crate: `mail-builder` reads a clock and a random
//! source for its boundary and ids, which a pure room has not; see docs/email.md for the figures.

use super::field::{Mailbox, MessageId};
use super::quoted::{encoded_words, header, printable};
use super::{Message, moment};
use crate::email::EmailAddress;

/// `=_` cannot occur in quoted-printable text, where `=` is followed by a hexadecimal digit or
/// the end of the line; so this needs no randomness to be unlike every part.
const BOUNDARY: &str = "=_alternative";

/// What stands on the envelope.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The sender, from `EMAIL_FROM`.
    pub from: Mailbox,
    /// The one recipient. No message names another.
    pub to: EmailAddress,
    /// The id that a retry repeats.
    pub message_id: MessageId,
    /// Unix seconds for the `Date` header: when the outbox row was written, not when it is sent,
    /// so that a retry has the same bytes.
    pub date: i64,
}

/// The whole message as `multipart/alternative`, CRLF at the end of every line.
///
/// ASCII throughout, no line longer than 998 bytes, and the same bytes for the same arguments.
pub fn mime(message: &Message, envelope: &Envelope) -> String {
    let from = &envelope.from;
    let from = if from.name.is_empty() {
        from.address.as_str().to_owned()
    } else {
        format!("{} <{}>", display_name(from.name.as_str()), from.address.as_str())
    };
    let mut out = String::with_capacity(2 * (message.text.len() + message.html.len()));
    for (name, value) in [
        ("From", from.as_str()),
        ("To", envelope.to.as_str()),
        ("Subject", &header(message.subject.as_str(), 66)),
        ("Date", &moment::rfc5322(envelope.date)),
        ("Message-ID", &envelope.message_id.to_string()),
        ("MIME-Version", "1.0"),
        ("Content-Language", message.locale.as_str()),
        ("Content-Type", &format!("multipart/alternative;\r\n boundary=\"{BOUNDARY}\"")),
    ]
    .into_iter()
    .chain(AUTOMATIC)
    {
        out.push_str(name);
        out.push_str(": ");
        out.push_str(value);
        out.push_str("\r\n");
    }
    // The last part is the one that a client prefers (RFC 2046, 5.1.4).
    for (kind, body) in [("plain", &message.text), ("html", &message.html)] {
        if body.is_empty() {
            continue;
        }
        out.push_str("\r\n--");
        out.push_str(BOUNDARY);
        out.push_str("\r\nContent-Type: text/");
        out.push_str(kind);
        out.push_str("; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        out.push_str(&printable(body));
    }
    out.push_str("\r\n--");
    out.push_str(BOUNDARY);
    out.push_str("--\r\n");
    out
}

/// RFC 3834, 5: no auto-responder should answer; the second says so to Exchange.
pub(super) const AUTOMATIC: [(&str, &str); 2] =
    [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")];

/// A name before an address: quoted where it is ASCII, encoded words where it is not.
fn display_name(name: &str) -> String {
    let quotable = name.len() <= 60 && name.bytes().all(|b| (b' '..=b'~').contains(&b));
    if quotable && !name.contains("=?") {
        let mut quoted = String::from('"');
        for c in name.chars() {
            if matches!(c, '"' | '\\') {
                quoted.push('\\');
            }
            quoted.push(c);
        }
        quoted.push('"');
        quoted
    } else {
        // The address needs a line of its own when the name fills one.
        format!("{}\r\n", encoded_words(name))
    }
}
