//! What a case is named by and opened with: number and look-up code, staff, offices.

use std::fmt;

use zeroize::Zeroize as _;

use crate::flow::ids::Id;
use crate::text;

/// Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Reads `N` characters as people type them: o for 0, i and l for 1, any case, any separators.
fn read<const N: usize>(characters: impl Iterator<Item = char>) -> Option<[u8; N]> {
    let mut found = [0; N];
    let mut length = 0;
    for c in characters {
        let upper = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            upper => upper,
        };
        let byte = u8::try_from(upper).ok().filter(|byte| ALPHABET.contains(byte))?;
        *found.get_mut(length)? = byte;
        length += 1;
    }
    (length == N).then_some(found)
}

/// `N` characters from the low 5 bits of each random byte.
fn draw<const N: usize>(random: [u8; N]) -> [u8; N] {
    random.map(|byte| ALPHABET[usize::from(byte & 0x1F)])
}

fn grouped(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, group) in bytes.chunks(4).enumerate() {
        let dash = if place == 0 { "" } else { "-" };
        write!(f, "{dash}{}", str::from_utf8(group).unwrap_or_default())?;
    }
    Ok(())
}

/// What a case is called on paper and on the phone: `HS-XXXX-XXXX`. Random, so that it
/// says nothing about how many cases there are; it opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseNumber([u8; 8]);

impl CaseNumber {
    /// From 8 random bytes.
    pub fn draw(random: [u8; 8]) -> Self {
        Self(draw(random))
    }

    /// Reads what a person typed, with or without `HS`.
    pub fn parse(input: &str) -> Option<Self> {
        let typed: Vec<char> = text::compact(input).take(32).collect();
        let marked = matches!(typed.as_slice(), ['H' | 'h', 'S' | 's', ..]) && typed.len() == 10;
        read(typed.into_iter().skip(if marked { 2 } else { 0 })).map(Self)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HS-")?;
        grouped(&self.0, f)
    }
}

/// What opens a case to its citizen: 16 characters, 80 random bits. Shown once, stored
/// only as a keyed verifier. Its debug form says nothing.
#[derive(Clone)]
pub struct LookupCode([u8; 16]);

const _: () = assert!(LookupCode::BITS >= 80, "the contract asks for 80 bits");

impl LookupCode {
    /// Bits of a code.
    pub const BITS: u32 = 5 * 16;

    /// From 16 random bytes, of which 5 bits each are used.
    pub fn draw(random: [u8; 16]) -> Self {
        Self(draw(random))
    }

    /// Reads what a person typed.
    pub fn parse(input: &str) -> Option<Self> {
        read(text::compact(input).take(32)).map(Self)
    }

    /// The 16 characters: what the verifier is computed from.
    pub fn canonical(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for LookupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        grouped(&self.0, f)
    }
}

impl fmt::Debug for LookupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LookupCode(…)")
    }
}

impl Drop for LookupCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// One row's own name.
pub type CaseId = Id;

/// An office by its id in the directory: `bhxh-tp-ha-noi`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OfficeId(String);

impl OfficeId {
    /// 1 to 60 of `a-z`, `0-9` and `-`.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let good = (1..=60).contains(&text.len()) && text.bytes().all(plain);
        good.then(|| Self(text.to_owned()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OfficeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A staff member's name in the audit: never the person's own name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StaffId(pub String);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn number_and_code_are_read_back_as_they_are_printed(n: [u8; 8], c: [u8; 16]) {
            let (number, code) = (CaseNumber::draw(n), LookupCode::draw(c));
            prop_assert_eq!(CaseNumber::parse(&number.to_string()), Some(number));
            let again = LookupCode::parse(&code.to_string()).unwrap();
            prop_assert_eq!(again.canonical(), code.canonical());
        }

        #[test]
        fn junk_never_panics(text in "\\PC*") {
            let _ = (CaseNumber::parse(&text), LookupCode::parse(&text), OfficeId::parse(&text));
        }
    }

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let number = CaseNumber::parse("HS-0A1B-2C3D").unwrap();
        for typed in ["hs0a1b2c3d", " hs oalb 2c3d ", "0A1B2C3D", "HS–0A1B–2C3D"] {
            assert_eq!(CaseNumber::parse(typed), Some(number), "{typed}");
        }
        for typed in ["", "HS-0A1B-2C3", "HS-0A1B-2C3DE", "HS-0A1B-2CUD"] {
            assert_eq!(CaseNumber::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_code_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", LookupCode::draw([3; 16])), "LookupCode(…)");
    }
}
