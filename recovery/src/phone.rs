//! A Vietnamese mobile number.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::text;

/// A Vietnamese mobile number of today's 10-digit plan.
///
/// Checked loosely on purpose: new prefixes appear, and since numbers can be ported a prefix does
/// not prove the carrier. Two numbers are equal whichever way they were typed.
#[derive(Clone)]
pub struct Phone {
    /// In international form: `+84` and 9 digits.
    e164: String,
    was_old: bool,
}

/// Vietnam's country code with the sign that replaces the international prefix.
const COUNTRY: &str = "+84";
/// Digits after the leading 0.
const SUBSCRIBER: usize = 9;
/// Digits after the leading 0 before 2018, for prefixes that began with 1.
const OLD_SUBSCRIBER: usize = 10;
/// More digits than any accepted form has (`0084`, a 0 and an old number).
const TOO_MANY: usize = 16;

/// Old three-digit prefixes (without the 0) and the two digits that replaced them between
/// 15 September 2018 and 30 June 2019; the last seven digits stayed.
const OLD_PREFIXES: [(&str, &str); 21] = [
    ("120", "70"), // MobiFone
    ("121", "79"),
    ("122", "77"),
    ("126", "76"),
    ("128", "78"),
    ("123", "83"), // VinaPhone
    ("124", "84"),
    ("125", "85"),
    ("127", "81"),
    ("129", "82"),
    ("162", "32"), // Viettel
    ("163", "33"),
    ("164", "34"),
    ("165", "35"),
    ("166", "36"),
    ("167", "37"),
    ("168", "38"),
    ("169", "39"),
    ("186", "56"), // Vietnamobile
    ("188", "58"),
    ("199", "59"), // Gmobile
];

impl Phone {
    /// Reads what a person typed or an SMS provider sent: `0900 000 001`, `+84 900 000 001`,
    /// `84900000001`, `0084…`, `+84 (0) 900…`, or an 11-digit number from before 2018. Spaces,
    /// dots, dashes and brackets are ignored, full-width characters are folded.
    pub fn parse(input: &str) -> Result<Self, PhoneError> {
        let typed: String =
            text::compact(input).filter(|c| !matches!(c, '(' | ')')).take(TOO_MANY + 1).collect();
        if typed.is_empty() {
            return Err(PhoneError::Empty);
        }
        let (international, digits) = match typed.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => match typed.strip_prefix("00") {
                Some(rest) => (true, rest),
                None => (false, typed.as_str()),
            },
        };
        if !typed.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit())
            || typed.starts_with("++")
            || digits.is_empty()
        {
            return Err(PhoneError::NotDigits);
        }
        let subscriber = if international {
            let rest = digits.strip_prefix("84").ok_or(PhoneError::Foreign)?;
            rest.strip_prefix('0').unwrap_or(rest)
        } else if let Some(rest) = digits.strip_prefix('0') {
            rest
        } else if let Some(rest) = digits.strip_prefix("84").filter(|r| r.len() >= SUBSCRIBER) {
            rest.strip_prefix('0').unwrap_or(rest)
        } else {
            return Err(PhoneError::NotMobile);
        };
        Self::from_subscriber(subscriber)
    }

    fn from_subscriber(subscriber: &str) -> Result<Self, PhoneError> {
        if subscriber.starts_with('1') {
            if subscriber.len() != OLD_SUBSCRIBER {
                return Err(PhoneError::WrongLength);
            }
            let (old, line) = subscriber.split_at(3);
            let (_, new) =
                OLD_PREFIXES.iter().find(|(from, _)| *from == old).ok_or(PhoneError::NotMobile)?;
            return Ok(Self { e164: format!("{COUNTRY}{new}{line}"), was_old: true });
        }
        if !subscriber.starts_with(['3', '5', '7', '8', '9']) {
            return Err(PhoneError::NotMobile);
        }
        if subscriber.len() != SUBSCRIBER {
            return Err(PhoneError::WrongLength);
        }
        Ok(Self { e164: format!("{COUNTRY}{subscriber}"), was_old: false })
    }

    /// The international form, `+84900000001`.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// The form dialled in Vietnam, `0900000001`.
    pub fn national(&self) -> String {
        format!("0{}", self.subscriber())
    }

    /// Whether an 11-digit number from before 2018 was typed, and converted.
    pub const fn was_old(&self) -> bool {
        self.was_old
    }

    /// The national form with all but the first and last 3 digits hidden: `090••••001`.
    pub fn masked(&self) -> String {
        text::masked(&self.national(), 3, 3)
    }

    fn subscriber(&self) -> &str {
        &self.e164[COUNTRY.len()..]
    }
}

impl PartialEq for Phone {
    fn eq(&self, other: &Self) -> bool {
        self.e164 == other.e164
    }
}

impl Eq for Phone {}

impl Hash for Phone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.e164.hash(state);
    }
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}

/// Prints the form dialled in Vietnam.
impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0{}", self.subscriber())
    }
}

/// Prints the masked number: it may end in a log.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

/// Why a text is no Vietnamese mobile number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing but separators.
    Empty,
    /// Something that is neither a digit nor a leading plus.
    NotDigits,
    /// Too few or too many digits.
    WrongLength,
    /// A country code other than 84.
    Foreign,
    /// A landline, a service number, or no prefix of a mobile number.
    NotMobile,
}

impl PhoneError {
    /// The stable name in the HTTP contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotDigits => "not-digits",
            Self::WrongLength => "wrong-length",
            Self::Foreign => "foreign",
            Self::NotMobile => "not-mobile",
        }
    }
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for PhoneError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_of_writing_a_number_gives_the_same() {
        for typed in [
            "0900000001",
            "0900 000 001",
            "090.000.0001",
            "(090) 000-0001",
            "+84900000001",
            "+84 (0) 900 000 001",
            "84900000001",
            "840900000001",
            "0084900000001",
            "００ ８４ ９００ ０００ ００１",
            "＋84\u{A0}900–000–001",
        ] {
            let phone = Phone::parse(typed).unwrap();
            assert_eq!(phone.e164(), "+84900000001", "{typed}");
            assert_eq!(phone.national(), "0900000001");
            assert!(!phone.was_old());
        }
    }

    #[test]
    fn a_refusal_says_why() {
        for (typed, code) in [
            ("", "empty"),
            (" - ", "empty"),
            ("+", "not-digits"),
            ("00", "not-digits"),
            ("++84900000001", "not-digits"),
            ("84+900000001", "not-digits"),
            ("09000000o1", "not-digits"),
            ("0900000001\n", "not-digits"),
            ("090••••001", "not-digits"),
            ("090000001", "wrong-length"),
            ("09000000011", "wrong-length"),
            ("+8490000000111111111", "wrong-length"),
            ("016200000", "wrong-length"),
            ("0162000000", "wrong-length"),
            ("+12025550123", "foreign"),
            ("0012025550123", "foreign"),
            ("900000001", "not-mobile"),
            ("02400000000", "not-mobile"),
            ("0400000000", "not-mobile"),
            ("01300000000", "not-mobile"),
            ("19009068", "not-mobile"),
        ] {
            assert_eq!(Phone::parse(typed).unwrap_err().code(), code, "{typed:?}");
        }
    }

    #[test]
    fn a_number_of_vinaphone_084_is_not_taken_for_the_country_code() {
        assert_eq!(Phone::parse("0841234567").unwrap().e164(), "+84841234567");
        assert_eq!(Phone::parse("84841234567").unwrap().e164(), "+84841234567");
        assert_eq!(Phone::parse("+84841234567").unwrap().national(), "0841234567");
    }

    #[test]
    fn old_numbers_are_converted_by_the_table_of_2018() {
        for (old, new) in OLD_PREFIXES {
            for lead in ["0", "+84", "84", "0084", "+840"] {
                let phone = Phone::parse(&format!("{lead}{old}0000001")).unwrap();
                assert_eq!(phone.national(), format!("0{new}0000001"), "{lead}{old}");
                assert!(phone.was_old());
            }
        }
        let distinct: std::collections::BTreeSet<_> = OLD_PREFIXES.iter().map(|p| p.1).collect();
        assert_eq!(distinct.len(), OLD_PREFIXES.len());
    }

    #[test]
    fn an_old_number_equals_the_one_that_replaced_it() {
        assert_eq!(Phone::parse("01630000001"), Phone::parse("0330000001"));
    }

    #[test]
    fn masking_and_debug_hide_the_middle() {
        let phone = Phone::parse("0900000001").unwrap();
        assert_eq!(phone.masked(), "090••••001");
        assert_eq!(format!("{phone:?}"), "Phone(090••••001)");
    }

    proptest! {
        #[test]
        fn parsing_what_was_printed_gives_the_same(typed in "0[35789][0-9]{8}") {
            let phone = Phone::parse(&typed).unwrap();
            prop_assert_eq!(&phone.to_string(), &typed);
            prop_assert_eq!(&Phone::parse(&phone.to_string()).unwrap(), &phone);
            prop_assert_eq!(&Phone::parse(phone.e164()).unwrap(), &phone);
        }

        #[test]
        fn synthetic_members_have_valid_numbers(k in 1_u32..100_000_000) {
            let phone = Phone::parse(&format!("{:010}", 900_000_000 + k)).unwrap();
            prop_assert!(!phone.was_old());
        }

        #[test]
        fn separators_make_no_difference(
            digits in "0[35789][0-9]{8}",
            between in proptest::collection::vec("[ .()\\-\u{A0}–\u{200B}]{0,3}", 10),
        ) {
            let mut typed = String::new();
            for (digit, gap) in digits.chars().zip(&between) {
                typed.push(digit);
                typed.push_str(gap);
            }
            prop_assert_eq!(Phone::parse(&typed).unwrap().national(), digits);
        }

        #[test]
        fn junk_is_refused_or_becomes_twelve_characters(junk in any::<String>()) {
            if let Ok(phone) = Phone::parse(&junk) {
                prop_assert_eq!(phone.e164().len(), 12);
            }
        }

        #[test]
        fn digits_of_any_length_never_panic(digits in "\\+?[0-9]{0,20}") {
            if let Ok(phone) = Phone::parse(&digits) {
                prop_assert_eq!(phone.e164().len(), 12);
            }
        }
    }
}
