//! An email address that can be written into a message header without harm.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::text;

/// A plain address, `local@domain`, in ASCII (RFC 5321 without quoted local parts, address
/// literals or SMTPUTF8; an international domain is written in punycode).
///
/// Two addresses are equal when they differ only in case: members' addresses are looked up so.
#[derive(Clone)]
pub struct EmailAddress {
    /// As typed, with the domain in lower case: mail goes here.
    address: String,
    /// All in lower case.
    normal: String,
    /// Where the `@` stands in both.
    at: usize,
}

/// Longest address a mail server must accept (RFC 5321, 4.5.3.1.3, less its two brackets).
const MAX_LENGTH: usize = 254;
/// Longest local part (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Longest label of a domain name (RFC 1035, 2.3.4).
const MAX_LABEL: usize = 63;

impl EmailAddress {
    /// Reads what a person typed. Spaces around it and invisible characters are ignored,
    /// full-width characters are folded.
    pub fn parse(input: &str) -> Result<Self, EmailError> {
        if input.chars().any(text::is_control) {
            return Err(EmailError::ControlCharacter);
        }
        let mut address = text::tidy(input);
        if address.is_empty() {
            return Err(EmailError::Empty);
        }
        if address.chars().any(text::is_space) {
            return Err(EmailError::Space);
        }
        if !address.is_ascii() {
            return Err(EmailError::NotAscii);
        }
        if address.len() > MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        let at = address.find('@').ok_or(EmailError::AtMissing)?;
        let (local, domain) = (&address[..at], &address[at + 1..]);
        if domain.contains('@') {
            return Err(EmailError::AtTwice);
        }
        if !is_local_part(local) {
            return Err(EmailError::LocalPart);
        }
        if !is_domain(domain) {
            return Err(EmailError::Domain);
        }
        address[at + 1..].make_ascii_lowercase();
        let normal = address.to_ascii_lowercase();
        Ok(Self { address, normal, at })
    }

    /// The address mail is sent to: the local part as typed, the domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The whole address in lower case, for comparing and looking up.
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// The part before the `@`, as typed.
    pub fn local_part(&self) -> &str {
        &self.address[..self.at]
    }

    /// The part after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        &self.address[self.at + 1..]
    }

    /// The first and last character of the local part around two bullets, and the domain:
    /// `t••1@example.vn`. The bullets do not tell the length, and a local part of one or two
    /// characters shows none or its first.
    pub fn masked(&self) -> String {
        let local = self.local_part();
        let first = if local.len() > 1 { &local[..1] } else { "" };
        let last = if local.len() > 2 { &local[local.len() - 1..] } else { "" };
        let hidden = text::BULLET;
        format!("{first}{hidden}{hidden}{last}@{}", self.domain())
    }
}

/// Words of letters, digits and signs, joined by single dots (RFC 5321, `Dot-string`).
fn is_local_part(local: &str) -> bool {
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.len() <= MAX_LOCAL
        && local.split('.').all(|word| !word.is_empty() && word.bytes().all(sign))
}

/// At least two labels of letters, digits and inner hyphens; the last is no number.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let named = domain.rsplit_once('.').is_some_and(|(_, last)| {
        last.len() >= 2 && last.starts_with(|c: char| c.is_ascii_alphabetic())
    });
    named && domain.split('.').all(label)
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal
    }
}

impl Eq for EmailAddress {}

impl Hash for EmailAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normal.hash(state);
    }
}

impl FromStr for EmailAddress {
    type Err = EmailError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}

/// Prints the address mail is sent to.
impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

/// Prints the masked address: it may end in a log.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

/// Why a text is no email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing but spaces.
    Empty,
    /// A line break, tab or other control character, anywhere.
    ControlCharacter,
    /// A space inside.
    Space,
    /// A character outside ASCII, often an accent that the keyboard added.
    NotAscii,
    /// Longer than 254 characters.
    TooLong,
    /// No `@`.
    AtMissing,
    /// More than one `@`.
    AtTwice,
    /// The part before the `@` is empty, longer than 64 characters or malformed.
    LocalPart,
    /// The part after the `@` is no domain name with a dot.
    Domain,
}

impl EmailError {
    /// The stable name in the HTTP contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::ControlCharacter => "control-character",
            Self::Space => "space",
            Self::NotAscii => "not-ascii",
            Self::TooLong => "too-long",
            Self::AtMissing => "at-missing",
            Self::AtTwice => "at-twice",
            Self::LocalPart => "local-part",
            Self::Domain => "domain",
        }
    }
}

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for EmailError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_addresses_are_accepted() {
        for typed in [
            "tv1@example.vn",
            "Tran.Thi-B+bhxh@mail.example.com.vn",
            "o'hara_99@example.org",
            "a@xn--vit-nam-8va.example",
            "1@example.vn",
            " tv1@example.vn\u{A0}",
            "ｔｖ１＠ｅｘａｍｐｌｅ．ｖｎ",
            "tv1@exam\u{200B}ple.vn",
        ] {
            assert!(EmailAddress::parse(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn a_refusal_says_why() {
        let long_local = format!("{}@example.vn", "a".repeat(65));
        let long_label = format!("a@{}.vn", "a".repeat(64));
        let long = format!("a@{}vn", "abcdefghi.".repeat(26));
        for (typed, code) in [
            ("", "empty"),
            (" \u{200B}", "empty"),
            ("tv1@example.vn\r\nBcc: tv2@example.vn", "control-character"),
            ("tv1@example.vn\n", "control-character"),
            ("tv1\0@example.vn", "control-character"),
            ("tv1\u{85}@example.vn", "control-character"),
            ("tv1@example.vn\u{2028}", "control-character"),
            ("\ttv1@example.vn", "control-character"),
            ("tv 1@example.vn", "space"),
            ("tv1@example. vn", "space"),
            ("trần@example.vn", "not-ascii"),
            ("tv1@việtnam.vn", "not-ascii"),
            (&long, "too-long"),
            ("example.vn", "at-missing"),
            ("a@b@example.vn", "at-twice"),
            ("@example.vn", "local-part"),
            (".a@example.vn", "local-part"),
            ("a.@example.vn", "local-part"),
            ("a..b@example.vn", "local-part"),
            ("a,b@example.vn", "local-part"),
            ("\"a\"@example.vn", "local-part"),
            ("A<a@example.vn", "local-part"),
            (&long_local, "local-part"),
            ("a@", "domain"),
            ("a@example", "domain"),
            ("a@example.", "domain"),
            ("a@.vn", "domain"),
            ("a@exa..vn", "domain"),
            ("a@-example.vn", "domain"),
            ("a@example-.vn", "domain"),
            ("a@127.0.0.1", "domain"),
            ("a@[127.0.0.1]", "domain"),
            ("a@example.v", "domain"),
            ("a@exam_ple.vn", "domain"),
            (&long_label, "domain"),
        ] {
            let error = EmailAddress::parse(typed).unwrap_err();
            assert_eq!(error.code(), code, "{typed:?}");
        }
    }

    #[test]
    fn the_longest_address_is_accepted_and_one_more_character_is_not() {
        let labels = "a".repeat(63);
        let domain = format!("{labels}.{labels}.{}", "a".repeat(61));
        let longest = format!("{}@{domain}", "a".repeat(64));
        assert_eq!(longest.len(), MAX_LENGTH);
        assert!(EmailAddress::parse(&longest).is_ok());
        assert_eq!(EmailAddress::parse(&format!("{longest}a")), Err(EmailError::TooLong));
    }

    #[test]
    fn case_matters_for_sending_only() {
        let typed = EmailAddress::parse("Tv1@Example.VN").unwrap();
        assert_eq!(typed.as_str(), "Tv1@example.vn");
        assert_eq!(typed.normal(), "tv1@example.vn");
        assert_eq!(typed, EmailAddress::parse("tv1@example.vn").unwrap());
    }

    #[test]
    fn masking_hides_the_length_of_the_local_part() {
        for (typed, masked) in [
            ("tv1@example.vn", "t••1@example.vn"),
            ("tv1234567@example.vn", "t••7@example.vn"),
            ("tv@example.vn", "t••@example.vn"),
            ("t@example.vn", "••@example.vn"),
        ] {
            let address = EmailAddress::parse(typed).unwrap();
            assert_eq!(address.masked(), masked);
            assert_eq!(format!("{address:?}"), format!("EmailAddress({masked})"));
        }
    }

    proptest! {
        #[test]
        fn parsing_what_was_printed_gives_the_same(
            typed in "[a-zA-Z0-9+_-]{1,20}(\\.[a-z0-9]{1,9}){0,2}@([a-zA-Z0-9]{1,12}\\.){1,3}[a-zA-Z]{2,6}",
        ) {
            let address = EmailAddress::parse(&typed).unwrap();
            let again = EmailAddress::parse(&address.to_string()).unwrap();
            prop_assert_eq!(again.as_str(), address.as_str());
            prop_assert_eq!(again.normal(), typed.to_ascii_lowercase());
        }

        #[test]
        fn junk_is_refused_or_safe_in_a_header(junk in "(?s).{0,20}@?.{0,10}\\.?.{0,5}") {
            if let Ok(address) = EmailAddress::parse(&junk) {
                prop_assert!(address.as_str().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert!(!address.as_str().contains([',', ';', '<', '>', '"', '(', ')', ':']));
                prop_assert_eq!(address.as_str().matches('@').count(), 1);
            }
        }
    }
}
