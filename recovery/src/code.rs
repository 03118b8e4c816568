//! The code a person reads in a message and types.

use std::fmt;
use std::str::FromStr;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use crate::text;

/// Eight Crockford characters, 40 bits.
///
/// A secret: it is compared in constant time, and its debug form says nothing.
#[derive(Clone)]
pub struct Code([u8; Code::LENGTH]);

/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bits that one character carries.
const CHARACTER_BITS: u32 = 5;

const _: () = assert!(
    Code::BITS >= 20 && Code::BITS as usize == CHARACTER_BITS as usize * Code::LENGTH,
    "a typed code carries at least 20 bits (ASVS 6.5.4)"
);
const _: () = assert!(ALPHABET.len() == 1 << CHARACTER_BITS);

impl Code {
    /// Characters of a code, without the dash.
    pub const LENGTH: usize = 8;
    /// Bits of a code.
    pub const BITS: u32 = 40;

    /// The code that carries the low 40 bits of `bits`; the others are ignored.
    pub fn from_bits(bits: u64) -> Self {
        let mut code = [0; Self::LENGTH];
        let mut rest = bits;
        for place in code.iter_mut().rev() {
            *place = ALPHABET[(rest & 0x1F) as usize];
            rest >>= CHARACTER_BITS;
        }
        Self(code)
    }

    /// Reads what a person typed. Lower case, spaces, dots and dashes are accepted, o is read as
    /// 0, i and l as 1, full-width characters are folded.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        let mut code = [0; Self::LENGTH];
        let mut length = 0;
        for c in text::compact(input) {
            let read = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                upper => upper,
            };
            let read = u8::try_from(read)
                .ok()
                .filter(|b| ALPHABET.contains(b))
                .ok_or(if is_accented(c) { CodeError::Accented } else { CodeError::Character })?;
            if let Some(place) = code.get_mut(length) {
                *place = read;
            }
            length += 1;
        }
        match length {
            0 => Err(CodeError::Empty),
            Self::LENGTH => Ok(Self(code)),
            _ => Err(CodeError::WrongLength),
        }
    }

    /// The 8 characters in upper case, without the dash: what a verifier is computed from.
    pub fn canonical(&self) -> &str {
        // Every constructor takes its bytes from the alphabet, so this is always ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Letters with Vietnamese accents or hooks, composed or as combining marks: the keyboard made
/// them from two typed letters.
const fn is_accented(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}')
}

impl ConstantTimeEq for Code {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Code {}

impl Drop for Code {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}

/// Prints the code as messages show it: `XXXX-XXXX`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, tail) = self.canonical().split_at(Self::LENGTH / 2);
        write!(f, "{head}-{tail}")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nothing but separators.
    Empty,
    /// Fewer or more than 8 characters.
    WrongLength,
    /// A letter with an accent: a Vietnamese keyboard joined two letters into one.
    Accented,
    /// A character that codes never hold.
    Character,
}

impl CodeError {
    /// The stable name in the HTTP contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::WrongLength => "wrong-length",
            Self::Accented => "accented",
            Self::Character => "character",
        }
    }
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for CodeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_typed_in_lower_case_is_accepted() {
        assert_eq!(Code::parse("7k3m9pqx").unwrap().canonical(), "7K3M9PQX");
    }

    #[test]
    fn a_code_typed_with_spaces_dashes_or_full_width_is_accepted() {
        for typed in ["7K3M-9PQX", " 7k3m 9pqx ", "7k-3m—9p.qx\u{200B}", "７Ｋ３Ｍ－９ＰＱＸ"]
        {
            assert_eq!(Code::parse(typed).unwrap().canonical(), "7K3M9PQX", "{typed}");
        }
    }

    #[test]
    fn o_is_read_as_zero_and_i_and_l_as_one() {
        assert_eq!(Code::parse("oOiIlL0A").unwrap().canonical(), "0011110A");
    }

    #[test]
    fn a_refusal_says_why() {
        for (typed, code) in [
            ("", "empty"),
            (" - ", "empty"),
            ("7K3M9PQ", "wrong-length"),
            ("7K3M9PQXX", "wrong-length"),
            ("7K3M9PQU", "character"),
            ("7K3M9PQ!", "character"),
            ("7K3M-9PQX\n", "character"),
            ("7K3M9PQ😀", "character"),
            ("7K3M9PÁ", "accented"),
            ("7K3M9PA\u{301}X", "accented"),
            ("đ7K3M9P", "accented"),
            ("7K3M9PQư", "accented"),
        ] {
            assert_eq!(Code::parse(typed).unwrap_err().code(), code, "{typed:?}");
        }
    }

    #[test]
    fn bits_are_written_from_the_highest_to_the_lowest() {
        assert_eq!(Code::from_bits(0).to_string(), "0000-0000");
        assert_eq!(Code::from_bits(1).to_string(), "0000-0001");
        assert_eq!(Code::from_bits((1 << Code::BITS) - 1).to_string(), "ZZZZ-ZZZZ");
        assert_eq!(Code::from_bits(1 << Code::BITS), Code::from_bits(0));
    }

    #[test]
    fn the_debug_form_says_nothing() {
        assert_eq!(format!("{:?}", Code::from_bits(12_345)), "Code(…)");
    }

    proptest! {
        #[test]
        fn parsing_what_was_printed_gives_the_same(bits in 0_u64..1 << 40) {
            let code = Code::from_bits(bits);
            prop_assert_eq!(&Code::parse(&code.to_string()).unwrap(), &code);
            prop_assert_eq!(&Code::parse(code.canonical()).unwrap(), &code);
            prop_assert_eq!(&Code::parse(&code.to_string().to_lowercase()).unwrap(), &code);
        }

        #[test]
        fn different_bits_give_different_codes(a in 0_u64..1 << 40, b in 0_u64..1 << 40) {
            prop_assert_eq!(Code::from_bits(a) == Code::from_bits(b), a == b);
        }

        #[test]
        fn junk_is_refused_or_becomes_eight_characters(junk in any::<String>()) {
            if let Ok(code) = Code::parse(&junk) {
                prop_assert_eq!(code.canonical().len(), Code::LENGTH);
            }
        }
    }
}
