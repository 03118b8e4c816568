//! Identifiers and secrets of the flow, as types.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq as _;

use crate::hex;

/// Crockford's base 32 in lower case, for ids in URLs.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A random 128-bit id, written as 26 characters of Crockford's base 32.
/// It names a row and grants nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id([u8; 16]);

/// Names one recovery; public.
pub type RecoveryId = Id;

impl Id {
    /// From 16 random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The exact 26 characters that [`fmt::Display`] prints; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 26 {
            return None;
        }
        let mut value: u128 = 0;
        for (index, byte) in text.bytes().enumerate() {
            let digit = ALPHABET.iter().position(|known| *known == byte)?;
            // 26 × 5 = 130 bits: the first character carries only three of the 128.
            if index == 0 && digit > 7 {
                return None;
            }
            value = (value << 5) | u128::try_from(digit).ok()?;
        }
        Some(Self(value.to_be_bytes()))
    }

    /// The bytes, as input of a key derivation.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = u128::from_be_bytes(self.0);
        for shift in (0..26).rev() {
            let digit = usize::try_from((value >> (shift * 5)) & 31).unwrap_or(0);
            write!(f, "{}", char::from(ALPHABET[digit]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A 256-bit secret as it travels: 43 characters of base64url. Never stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// From 32 bytes, random or derived.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Exactly 43 characters of canonical base64url; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// As it travels in a link or an answer.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A keyed or plain SHA-256 digest, as stored: 64 lower-case hex digits.
#[derive(Clone, Copy, Eq, PartialOrd, Ord)]
pub struct Digest32([u8; 32]);

impl Digest32 {
    /// From a digest's bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, as input of another digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads what [`fmt::Display`] prints.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(hex::decode(text)?.try_into().ok()?))
    }
}

/// Compares in constant time: digests stand for secrets.
impl PartialEq for Digest32 {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Display for Digest32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Digest32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest32(…)")
    }
}

/// `<recovery>.<secret>`: what the fragment of a link carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkToken {
    /// Which recovery.
    pub recovery: RecoveryId,
    /// Its 256-bit secret.
    pub secret: Secret,
}

impl LinkToken {
    /// Reads a fragment; `None` where it is not well-formed.
    pub fn parse(text: &str) -> Option<Self> {
        let (recovery, secret) = text.split_once('.')?;
        Some(Self { recovery: Id::parse(recovery)?, secret: Secret::parse(secret)? })
    }

    /// As it travels, after `#`.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.recovery, self.secret.expose())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_id_is_read_back_as_it_was_printed(bytes: [u8; 16]) {
            prop_assert_eq!(Id::parse(&Id::new(bytes).to_string()), Some(Id::new(bytes)));
        }

        #[test]
        fn a_link_token_is_read_back_as_it_was_written(id: [u8; 16], secret: [u8; 32]) {
            let token = LinkToken { recovery: Id::new(id), secret: Secret::new(secret) };
            prop_assert_eq!(LinkToken::parse(&token.expose()), Some(token));
        }

        #[test]
        fn junk_is_never_a_token_and_never_panics(text in "\\PC*") {
            if let Some(token) = LinkToken::parse(&text) {
                prop_assert_eq!(token.expose(), text.as_str());
            }
            if let Some(digest) = Digest32::parse(&text) {
                prop_assert_eq!(digest.to_string(), text.as_str());
            }
        }
    }

    #[test]
    fn an_id_beyond_128_bits_is_refused() {
        assert!(Id::parse("80000000000000000000000000").is_none());
        assert!(Id::parse("7zzzzzzzzzzzzzzzzzzzzzzzzz").is_some());
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Secret::new([7; 32])), "Secret(…)");
        assert_eq!(format!("{:?}", Digest32::new([7; 32])), "Digest32(…)");
    }
}
