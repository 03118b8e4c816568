//! Four characters that name something for some minutes, and the code of a text message.

use std::fmt;

use crate::code::{Code, CodeError};
use crate::text;

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Where the letters of [`ALPHABET`] begin.
const FIRST_LETTER: u32 = 10;

/// Four Crockford characters: the locator before the code of a text message, or the web code that
/// ties a text message to a page. Public: it names and grants nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortName([u8; ShortName::LENGTH]);

impl ShortName {
    /// Characters.
    pub const LENGTH: usize = 4;

    /// Any of the 2²⁰ names, by the low 20 bits.
    pub fn from_bits(bits: u32) -> Self {
        let mut name = [0; Self::LENGTH];
        let mut rest = bits;
        for place in name.iter_mut().rev() {
            *place = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        Self(name)
    }

    /// One of the 22 × 2¹⁵ names that begin with a letter, so that a name at the end of a number
    /// is never taken for more digits. Even but for 2⁻¹².
    pub fn web_from_bits(bits: u32) -> Self {
        let mut name = Self::from_bits(bits);
        let letters = u32::try_from(ALPHABET.len()).unwrap_or(0) - FIRST_LETTER;
        name.0[0] = ALPHABET[(FIRST_LETTER + (bits >> 15) % letters) as usize];
        name
    }

    /// Reads what a person typed, as [`Code::parse`] does.
    pub fn parse(input: &str) -> Option<Self> {
        let mut name = [0; Self::LENGTH];
        let mut length = 0;
        for c in text::compact(input) {
            *name.get_mut(length)? = crockford(c)?;
            length += 1;
        }
        (length == Self::LENGTH).then_some(Self(name))
    }

    /// The four characters.
    pub fn as_str(&self) -> &str {
        // Every constructor takes its bytes from the alphabet, so this is always ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Does it begin with a letter, as every web code does?
    pub const fn is_web(&self) -> bool {
        self.0[0].is_ascii_uppercase()
    }
}

fn crockford(c: char) -> Option<u8> {
    let read = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        upper => upper,
    };
    u8::try_from(read).ok().filter(|byte| ALPHABET.contains(byte))
}

impl fmt::Display for ShortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ShortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The code of a text message as a person types it from the plain form: the locator, which finds
/// the recovery, and the code, which is the secret. `K7QF-7K3M-9PQX`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextCode {
    /// Which recovery.
    pub locator: ShortName,
    /// Its code.
    pub code: Code,
}

impl TextCode {
    /// Characters of both, without dashes.
    pub const LENGTH: usize = ShortName::LENGTH + Code::LENGTH;

    /// Reads what a person typed, as [`Code::parse`] does. The page calls it: the locator goes
    /// to one call, the code to another.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let typed: String = text::compact(input).take(Self::LENGTH + 1).collect();
        if typed.is_empty() {
            return Err(CodeError::Empty);
        }
        let cut = typed.char_indices().nth(ShortName::LENGTH).map(|(at, _)| at);
        let (head, tail) = typed.split_at(cut.unwrap_or(typed.len()));
        // The code's own parser says why a character is refused; four more stand in for the head.
        let code = match Code::parse(tail) {
            Err(CodeError::Empty) => Err(CodeError::WrongLength),
            other => other,
        };
        let locator = ShortName::parse(head);
        match (locator, code) {
            (Some(locator), Ok(code)) => Ok(Self { locator, code }),
            (Some(_), Err(error)) => Err(error),
            (None, _) => Err(match Code::parse(&format!("{head}0000")) {
                Ok(_) | Err(CodeError::WrongLength) => CodeError::WrongLength,
                Err(error) => error,
            }),
        }
    }
}

impl fmt::Display for TextCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.locator, self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_name_is_read_as_people_type_it() {
        for typed in ["k7qf", " K7-QF ", "Ｋ７ＱＦ"] {
            assert_eq!(ShortName::parse(typed).unwrap().as_str(), "K7QF", "{typed}");
        }
        assert_eq!(ShortName::parse("oilz").unwrap().as_str(), "011Z");
        for junk in ["", "K7Q", "K7QFF", "K7QU", "K7Qđ", "K7Q\n"] {
            assert_eq!(ShortName::parse(junk), None, "{junk:?}");
        }
    }

    #[test]
    fn a_text_code_is_read_with_and_without_dashes() {
        for typed in ["K7QF-7K3M-9PQX", "k7qf 7k3m 9pqx", "K7QF7K3M9PQX"] {
            let code = TextCode::parse(typed).unwrap();
            assert_eq!(code.to_string(), "K7QF-7K3M-9PQX");
        }
    }

    #[test]
    fn a_refused_text_code_says_why() {
        for (typed, why) in [
            ("", "empty"),
            ("K7", "wrong-length"),
            ("K7QF", "wrong-length"),
            ("7K3M-9PQX", "wrong-length"),
            ("K7QF-7K3M-9PQXX", "wrong-length"),
            ("K7QU-7K3M-9PQX", "character"),
            ("K7QF-7K3M-9PQ!", "character"),
            ("K7QĐ-7K3M-9PQX", "accented"),
            ("K7QF-7K3M-9PQư", "accented"),
        ] {
            assert_eq!(TextCode::parse(typed).unwrap_err().code(), why, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_back_as_it_was_printed(bits in 0_u32..1 << 20) {
            let name = ShortName::from_bits(bits);
            prop_assert_eq!(ShortName::parse(&name.to_string()), Some(name));
            prop_assert_eq!(ShortName::from_bits(bits | 1 << 20), name);
            let web = ShortName::web_from_bits(bits);
            prop_assert!(web.is_web());
            prop_assert_eq!(ShortName::parse(web.as_str()), Some(web));
        }

        #[test]
        fn junk_never_panics(junk in any::<String>()) {
            let _ = ShortName::parse(&junk);
            if let Ok(code) = TextCode::parse(&junk) {
                prop_assert_eq!(TextCode::parse(&code.to_string()), Ok(code));
            }
        }
    }
}
