//! What a citizen states when opening a case, as types.

use std::fmt;

use crate::email::EmailAddress;
use crate::identifier::Identifier;
use crate::phone::Phone;
use crate::text;

/// Why a text of a case is not taken; the names are the HTTP contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatedError {
    /// Nothing but spaces.
    Empty,
    /// More characters than there may be.
    TooLong,
    /// A control character other than a line break.
    Control,
    /// Not of the form asked for.
    Format,
    /// A day that no calendar has, or one that nobody alive was born on.
    Range,
}

impl StatedError {
    /// The stable name in the HTTP contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too-long",
            Self::Control => "control-character",
            Self::Format => "format",
            Self::Range => "out-of-range",
        }
    }
}

/// A name as it is written: 1 to 100 characters, on one line.
#[derive(Clone, PartialEq, Eq)]
pub struct FullName(String);

impl FullName {
    /// Runs of spaces become one.
    pub fn parse(input: &str) -> Result<Self, StatedError> {
        if input.chars().any(text::is_control) {
            return Err(StatedError::Control);
        }
        let tidy = text::tidy(input);
        let words: Vec<&str> = tidy.split(text::is_space).filter(|word| !word.is_empty()).collect();
        bounded(words.join(" "), 100).map(Self)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message: 1 to 2000 characters, line breaks allowed.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseText(String);

impl CaseText {
    /// Most characters of a message.
    pub const LONGEST: usize = 2_000;

    /// Line breaks of all systems become `\n`; marks of direction are left out.
    pub fn parse(input: &str) -> Result<Self, StatedError> {
        let unified = input.replace("\r\n", "\n").replace('\r', "\n");
        let unified = unified.replace(text::is_direction, "");
        let bad = |c: char| c != '\n' && c != '\t' && text::is_control(c);
        if unified.chars().any(bad) {
            return Err(StatedError::Control);
        }
        let trimmed = unified.trim_matches(|c| c == '\n' || c == '\t' || text::is_space(c));
        bounded(trimmed.to_owned(), Self::LONGEST).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn bounded(text: String, longest: usize) -> Result<String, StatedError> {
    match text.chars().count() {
        0 => Err(StatedError::Empty),
        n if n > longest => Err(StatedError::TooLong),
        _ => Ok(text),
    }
}

/// Year, month or day of birth, as exactly as the person knows it: papers of older people
/// often carry the year alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

impl BirthDate {
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, from 1900 to `this_year`.
    pub fn parse(input: &str, this_year: u16) -> Result<Self, StatedError> {
        let input = input.trim();
        if input.is_empty() {
            return Err(StatedError::Empty);
        }
        let number = |text: &str, length: usize| {
            let good = text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
            good.then(|| text.parse::<u16>().ok()).flatten().ok_or(StatedError::Format)
        };
        let parts: Vec<&str> = input.split('-').collect();
        let small = |n: u16| u8::try_from(n).map_err(|_| StatedError::Range);
        let date = match parts.as_slice() {
            [year] => Self { year: number(year, 4)?, month: None, day: None },
            [year, month] => {
                let month = Some(small(number(month, 2)?)?);
                Self { year: number(year, 4)?, month, day: None }
            }
            [year, month, day] => Self {
                year: number(year, 4)?,
                month: Some(small(number(month, 2)?)?),
                day: Some(small(number(day, 2)?)?),
            },
            _ => return Err(StatedError::Format),
        };
        if date.exists() && (1900..=this_year).contains(&date.year) {
            Ok(date)
        } else {
            Err(StatedError::Range)
        }
    }

    /// The year.
    pub const fn year(self) -> u16 {
        self.year
    }

    const fn exists(self) -> bool {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            None | Some(1 | 3 | 5 | 7 | 8 | 10 | 12) => 31,
            Some(4 | 6 | 9 | 11) => 30,
            Some(2) if leap => 29,
            Some(2) => 28,
            Some(_) => return false,
        };
        match self.day {
            None => true,
            Some(day) => day >= 1 && day <= days,
        }
    }
}

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

/// All that a citizen states. Personal data: it is sealed before it is stored.
#[derive(Clone)]
pub struct Stated {
    /// Full name.
    pub name: FullName,
    /// Date of birth.
    pub birth_date: BirthDate,
    /// Number of the account.
    pub identifier: Identifier,
    /// Where the person can be called now.
    pub phone: Option<Phone>,
    /// Where the person reads mail now.
    pub email: Option<EmailAddress>,
    /// What was lost.
    pub message: Option<CaseText>,
}

/// One item of [`Stated`], as its sealed row names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// Full name.
    Name,
    /// Date of birth.
    BirthDate,
    /// Number of the account.
    Identifier,
    /// Phone.
    Phone,
    /// Email.
    Email,
    /// Message.
    Message,
}

impl Item {
    /// All items, in the order of the form.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::BirthDate, Self::Identifier, Self::Phone, Self::Email, Self::Message];

    /// As stored and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::BirthDate => "birth_date",
            Self::Identifier => "identifier",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Message => "message",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == tag)
    }
}

impl Stated {
    /// The items that are there, as text.
    pub fn items(&self) -> Vec<(Item, String)> {
        let all = [
            (Item::Name, Some(self.name.as_str().to_owned())),
            (Item::BirthDate, Some(self.birth_date.to_string())),
            (Item::Identifier, Some(self.identifier.normal().to_owned())),
            (Item::Phone, self.phone.as_ref().map(Phone::national)),
            (Item::Email, self.email.as_ref().map(|email| email.as_str().to_owned())),
            (Item::Message, self.message.as_ref().map(|text| text.as_str().to_owned())),
        ];
        all.into_iter().filter_map(|(item, text)| Some((item, text?))).collect()
    }

    /// Reads what [`Self::items`] gives; `None` where an item is broken.
    pub fn read(items: &[(Item, String)]) -> Option<Self> {
        let text = |wanted| items.iter().find(|(item, _)| *item == wanted).map(|(_, t)| t.as_str());
        Some(Self {
            name: FullName::parse(text(Item::Name)?).ok()?,
            birth_date: BirthDate::parse(text(Item::BirthDate)?, 9_999).ok()?,
            identifier: Identifier::parse(text(Item::Identifier)?).ok()?,
            phone: text(Item::Phone).map(Phone::parse).transpose().ok()?,
            email: text(Item::Email).map(EmailAddress::parse).transpose().ok()?,
            message: text(Item::Message).map(CaseText::parse).transpose().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_birth_date_may_be_a_year_a_month_or_a_day() {
        for good in ["1957", "1957-02", "1957-02-28", "1956-02-29", "2000-02-29", "1900-01-01"] {
            assert_eq!(BirthDate::parse(good, 2026).unwrap().to_string(), good);
        }
    }

    #[test]
    fn days_that_no_calendar_has_are_refused() {
        for (bad, why) in [
            ("", StatedError::Empty),
            ("57", StatedError::Format),
            ("28/02/1957", StatedError::Format),
            ("1957-2-28", StatedError::Format),
            ("1957-02-28-01", StatedError::Format),
            ("+957", StatedError::Format),
            ("1957-02-29", StatedError::Range),
            ("1900-02-29", StatedError::Range),
            ("1957-13", StatedError::Range),
            ("1957-00", StatedError::Range),
            ("1957-01-00", StatedError::Range),
            ("1957-04-31", StatedError::Range),
            ("1899-12-31", StatedError::Range),
            ("2027", StatedError::Range),
        ] {
            assert_eq!(BirthDate::parse(bad, 2026).err(), Some(why), "{bad}");
        }
    }

    #[test]
    fn a_message_keeps_its_lines_and_has_an_end() {
        let text = CaseText::parse("  Tôi mất máy.\r\nMất cả sim.\r ").unwrap();
        assert_eq!(text.as_str(), "Tôi mất máy.\nMất cả sim.");
        assert_eq!(CaseText::parse(" \n ").err(), Some(StatedError::Empty));
        assert_eq!(CaseText::parse("a\u{0}b").err(), Some(StatedError::Control));
        assert!(CaseText::parse(&"ă".repeat(2_000)).is_ok());
        assert_eq!(CaseText::parse(&"ă".repeat(2_001)).err(), Some(StatedError::TooLong));
    }

    #[test]
    fn a_text_does_not_read_as_another_by_marks_of_direction() {
        let text = CaseText::parse("Gọi \u{202E}9876 0900\u{202C} cho tôi").unwrap();
        assert_eq!(text.as_str(), "Gọi 9876 0900 cho tôi");
        let name = FullName::parse("Thành \u{202E}Viên\u{2069} Thử").unwrap();
        assert_eq!(name.as_str(), "Thành Viên Thử");
        assert_eq!(CaseText::parse("\u{202E}\u{2066}").err(), Some(StatedError::Empty));
    }

    #[test]
    fn a_name_is_on_one_line_with_single_spaces() {
        assert_eq!(FullName::parse(" Thành  Viên Thử ").unwrap().as_str(), "Thành Viên Thử");
        assert_eq!(FullName::parse("Thành\nViên").err(), Some(StatedError::Control));
    }

    proptest! {
        #[test]
        fn what_was_stated_is_read_back(year in 1900..2020_u16, month in 1..=12_u8, day in 1..=28_u8) {
            let stated = Stated {
                name: FullName::parse("Thành Viên Thử").unwrap(),
                birth_date: BirthDate::parse(&format!("{year}-{month:02}-{day:02}"), 2026).unwrap(),
                identifier: Identifier::parse("9000000001").unwrap(),
                phone: Some(Phone::parse("0900000001").unwrap()),
                email: None,
                message: Some(CaseText::parse("Tôi mất máy.").unwrap()),
            };
            let read = Stated::read(&stated.items()).unwrap();
            prop_assert_eq!(read.items(), stated.items());
        }
    }
}
