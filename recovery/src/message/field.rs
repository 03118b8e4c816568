//! Values that may stand in a message. Each type makes one kind of injection impossible: none can
//! hold a control character, so no value can begin a header, a line or a MIME part of its own.

use std::fmt;

use crate::email::EmailAddress;

/// One line of text for people: a name, a label.
///
/// Control characters, line separators and invisible direction marks become spaces, runs of
/// spaces become one, and the ends are trimmed: a name cannot add a header, a line, or reverse
/// the text around it.
///
/// ```
/// use recovery::message::Line;
///
/// assert_eq!(Line::new("Chìa\r\nBcc: x@example.vn").as_str(), "Chìa Bcc: x@example.vn");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Line(String);

impl Line {
    /// Makes one line out of any text.
    pub fn new(text: &str) -> Self {
        let mut line = String::with_capacity(text.len());
        for word in text.split(|c: char| c == ' ' || breaks_a_line(c)).filter(|w| !w.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        Self(line)
    }

    /// The text, without any control character.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A line may hold personal data, so its text stays out of logs.
impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} bytes)", self.0.len())
    }
}

/// Controls, the Unicode line ends, tabs, and the invisible marks that reorder text (UAX #9).
fn breaks_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{061c}')
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A value that cannot stand in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadField {
    /// Not an absolute `https://` (or `http://`) address in printable ASCII.
    Link,
    /// Not a `Name <address>` or a bare address.
    Mailbox,
    /// Not an id of 1 to 128 ASCII letters, digits, `-` or `_` (what a Resend tag may hold).
    MessageId,
}

impl fmt::Display for BadField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "not a web address",
            Self::Mailbox => "not a name and an email address",
            Self::MessageId => "not a message id",
        })
    }
}

impl std::error::Error for BadField {}

/// A web address in a message: absolute, `https` (`http` for local development), printable ASCII
/// without spaces, quotes, angle brackets or backslashes, and at most 2000 bytes.
///
/// The fragment may hold a secret; [`fmt::Debug`] shows only scheme and host.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(String);

impl Link {
    /// Takes an address as it stands.
    ///
    /// # Errors
    /// [`BadField::Link`] for anything else than the form described on the type.
    pub fn new(address: &str) -> Result<Self, BadField> {
        let rest = address
            .strip_prefix("https://")
            .or_else(|| address.strip_prefix("http://"))
            .ok_or(BadField::Link)?;
        let printable = rest.bytes().all(|b| {
            b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`')
        });
        // A user part would show another host than the one that opens.
        let host = host_of(rest);
        let host_is_plain = !host.is_empty()
            && host.bytes().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']')
            });
        if printable && host_is_plain && address.len() <= 2000 {
            Ok(Self(address.to_owned()))
        } else {
            Err(BadField::Link)
        }
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port: what a person compares with the address bar.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, rest)| host_of(rest))
    }
}

fn host_of(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}/…)", self.host())
    }
}

/// Who a message is from: an address, and the name that mail clients show for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name; empty for none.
    pub name: Line,
    /// The address.
    pub address: EmailAddress,
}

impl std::str::FromStr for Mailbox {
    type Err = BadField;

    /// Reads `Name <local@domain>` (the name may be quoted) or `local@domain`, as in `EMAIL_FROM`.
    fn from_str(text: &str) -> Result<Self, BadField> {
        let text = text.trim();
        let Some(inner) = text.strip_suffix('>') else {
            let address = EmailAddress::parse(text).map_err(|_| BadField::Mailbox)?;
            return Ok(Self { name: Line::default(), address });
        };
        let (name, address) = inner.rsplit_once('<').ok_or(BadField::Mailbox)?;
        let address = EmailAddress::parse(address).map_err(|_| BadField::Mailbox)?;
        Ok(Self { name: Line::new(name.trim().trim_matches('"')), address })
    }
}

/// What identifies one message for ever: the outbox id at the sender's domain, so that a retry
/// carries the same id and a client that received both can show one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageId {
    outbox: String,
    domain: String,
}

impl MessageId {
    /// The id of outbox row `outbox`, sent from `from`.
    ///
    /// # Errors
    /// [`BadField::MessageId`] unless the row's id is 1 to 128 ASCII letters, digits, `-` or `_`.
    pub fn new(outbox: &str, from: &EmailAddress) -> Result<Self, BadField> {
        let fits = (1..=128).contains(&outbox.len())
            && outbox.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if fits {
            Ok(Self { outbox: outbox.to_owned(), domain: from.domain().to_owned() })
        } else {
            Err(BadField::MessageId)
        }
    }

    /// The outbox id alone.
    pub fn outbox(&self) -> &str {
        &self.outbox
    }
}

/// The header's value, `<outbox@domain>`.
impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}@{}>", self.outbox, self.domain)
    }
}
