//! The number a person is known by: mã số BHXH, số định danh cá nhân, or BHYT card code.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::text;

/// Which of the three numbers was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// The mã số BHXH, 10 digits (QĐ 595/QĐ-BHXH, 2017).
    SocialInsurance,
    /// The số định danh cá nhân of the citizen card (CCCD), 12 digits. It replaces the mã số BHXH
    /// since 1 August 2025 (CV 1804/BHXH-QLT).
    Citizen,
    /// The code of a BHYT card, 15 characters: 2 letters, 1 and 2 digits, then the mã số BHXH
    /// (QĐ 1351/QĐ-BHXH, 2015).
    HealthCard,
}

/// A well-formed number in its normal form.
///
/// Only the form is checked: no check digit is known for any of the three. Two identifiers are
/// equal when their normal forms are, whichever way they were typed.
#[derive(Clone)]
pub struct Identifier {
    normal: String,
    kind: IdentifierKind,
}

/// Digits of a mã số BHXH.
const SOCIAL_INSURANCE: usize = 10;
/// Digits of a số định danh cá nhân.
const CITIZEN: usize = 12;
/// Characters of a BHYT card code.
const HEALTH_CARD: usize = 15;
/// Letters a BHYT card code starts with.
const CARD_LETTERS: usize = 2;

impl Identifier {
    /// Reads what a person typed. Spaces, dots and dashes are ignored, full-width characters are
    /// folded, and the letters of a card may be in either case.
    pub fn parse(input: &str) -> Result<Self, IdentifierError> {
        let mut typed: String =
            text::compact(input).take(HEALTH_CARD + 1).map(card_letter).collect();
        if typed.is_empty() {
            return Err(IdentifierError::Empty);
        }
        let digits = typed.chars().filter(char::is_ascii_digit).count();
        if digits == typed.chars().count() {
            let kind = match digits {
                SOCIAL_INSURANCE => IdentifierKind::SocialInsurance,
                CITIZEN => IdentifierKind::Citizen,
                HEALTH_CARD => return Err(IdentifierError::CardFormat),
                _ => return Err(IdentifierError::WrongLength),
            };
            return Ok(Self { normal: typed, kind });
        }
        if !is_card_shaped(&typed) {
            return Err(if typed.starts_with(|c: char| c.is_ascii_uppercase()) && digits > 0 {
                IdentifierError::CardFormat
            } else {
                IdentifierError::NotDigits
            });
        }
        if typed.len() != HEALTH_CARD {
            return Err(IdentifierError::WrongLength);
        }
        let normal = typed.split_off(HEALTH_CARD - SOCIAL_INSURANCE);
        Ok(Self { normal, kind: IdentifierKind::HealthCard })
    }

    /// Which number was typed.
    pub const fn kind(&self) -> IdentifierKind {
        self.kind
    }

    /// The 10 or 12 digits that stand for the person; of a card, its last 10.
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// The normal form with all but the first 2 and last 3 digits hidden: `90•••••001`.
    pub fn masked(&self) -> String {
        text::masked(&self.normal, 2, 3)
    }
}

/// Upper case; and `Đ`, which Vietnamese keyboards make of a typed `dd`, is the letter D of a card.
const fn card_letter(c: char) -> char {
    match c {
        'đ' | 'Đ' => 'D',
        _ => c.to_ascii_uppercase(),
    }
}

fn is_card_shaped(typed: &str) -> bool {
    let bytes = typed.as_bytes();
    bytes.len() > CARD_LETTERS
        && bytes[..CARD_LETTERS].iter().all(u8::is_ascii_uppercase)
        && bytes[CARD_LETTERS..].iter().all(u8::is_ascii_digit)
}

impl PartialEq for Identifier {
    fn eq(&self, other: &Self) -> bool {
        self.normal == other.normal
    }
}

impl Eq for Identifier {}

impl Hash for Identifier {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.normal.hash(state);
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}

/// Prints the normal form, which parses back to an equal identifier.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.normal)
    }
}

/// Names the kind, never the number: it may end in a log.
impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({:?}, …)", self.kind)
    }
}

/// Why a text is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierError {
    /// Nothing but separators.
    Empty,
    /// Something that is neither a digit nor a letter at the start of a card code.
    NotDigits,
    /// Neither 10 nor 12 digits, nor a card of 15 characters.
    WrongLength,
    /// Meant as a card code, but not 2 letters and 13 digits.
    CardFormat,
}

impl IdentifierError {
    /// The stable name in the HTTP contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotDigits => "not-digits",
            Self::WrongLength => "wrong-length",
            Self::CardFormat => "card-format",
        }
    }
}

impl fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for IdentifierError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn error(input: &str) -> IdentifierError {
        Identifier::parse(input).unwrap_err()
    }

    #[test]
    fn the_three_numbers_are_told_apart_by_their_form() {
        for (typed, kind, normal) in [
            ("9000000001", IdentifierKind::SocialInsurance, "9000000001"),
            ("000900000001", IdentifierKind::Citizen, "000900000001"),
            ("HC4019000000001", IdentifierKind::HealthCard, "9000000001"),
            ("hc 4 01 9000-000-001", IdentifierKind::HealthCard, "9000000001"),
            ("GĐ4019000000001", IdentifierKind::HealthCard, "9000000001"),
            ("９０００ ０００ ００１", IdentifierKind::SocialInsurance, "9000000001"),
            ("ＨＣ４０１９００００００００１", IdentifierKind::HealthCard, "9000000001"),
        ] {
            let identifier = Identifier::parse(typed).unwrap();
            assert_eq!((identifier.kind(), identifier.normal()), (kind, normal), "{typed}");
        }
    }

    #[test]
    fn a_refusal_says_why() {
        for (typed, code) in [
            ("", "empty"),
            (" .-\u{200B}", "empty"),
            ("9", "wrong-length"),
            ("900000001", "wrong-length"),
            ("90000000001", "wrong-length"),
            ("90000000000000001", "wrong-length"),
            ("HC401900000001", "wrong-length"),
            ("HC40190000000012", "wrong-length"),
            ("900000000000001", "card-format"),
            ("H4019000000001", "card-format"),
            ("HC40190O0000001", "card-format"),
            ("nguyễn văn a", "not-digits"),
            ("9000000001\r\n", "not-digits"),
            ("90•••••001", "not-digits"),
            ("٩٠٠٠٠٠٠٠٠١", "not-digits"),
            ("９０００００００0x", "not-digits"),
        ] {
            assert_eq!(error(typed).code(), code, "{typed:?}");
        }
    }

    #[test]
    fn a_card_equals_the_number_it_carries() {
        let card = Identifier::parse("HC4019000000001").unwrap();
        assert_eq!(card, Identifier::parse("9000000001").unwrap());
    }

    #[test]
    fn masking_shows_two_digits_and_three() {
        assert_eq!(Identifier::parse("9000000001").unwrap().masked(), "90•••••001");
        assert_eq!(Identifier::parse("001900000123").unwrap().masked(), "00•••••••123");
    }

    #[test]
    fn the_debug_form_hides_the_number() {
        let shown = format!("{:?}", Identifier::parse("HC4019000000001").unwrap());
        assert_eq!(shown, "Identifier(HealthCard, …)");
    }

    proptest! {
        #[test]
        fn parsing_what_was_printed_gives_the_same(typed in "[0-9]{10}|[0-9]{12}|[a-zA-Z]{2}[0-9]{13}") {
            let identifier = Identifier::parse(&typed).unwrap();
            prop_assert_eq!(Identifier::parse(&identifier.to_string()).unwrap(), identifier);
        }

        #[test]
        fn separators_and_width_make_no_difference(
            digits in "[0-9]{10}|[0-9]{12}",
            between in proptest::collection::vec("[ .\\-\u{A0}–—−\u{200B}\t．－]{0,3}", 13),
            wide in any::<u16>(),
        ) {
            let mut typed = between[12].clone();
            for (i, c) in digits.bytes().enumerate() {
                let widened = char::from_u32(u32::from(c) + 0xFEE0).unwrap();
                typed.push(if wide >> i & 1 == 1 { widened } else { char::from(c) });
                typed.push_str(&between[i]);
            }
            let identifier = Identifier::parse(&typed).unwrap();
            prop_assert_eq!(identifier.normal(), digits.as_str());
        }

        #[test]
        fn junk_is_refused_or_becomes_ten_or_twelve_digits(junk in any::<String>()) {
            if let Ok(identifier) = Identifier::parse(&junk) {
                prop_assert!(identifier.normal().bytes().all(|b| b.is_ascii_digit()));
                prop_assert!([10, 12].contains(&identifier.normal().len()));
            }
        }
    }
}
