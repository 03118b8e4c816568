//! What a text message may say. Strict where it counts, the number; lenient about everything that
//! keyboards and people add around it.
//!
//! The whole body counts: `BH MK` must stand at its very beginning. That also takes the sting out
//! of providers whose signature does not say where one field ends and the next begins.

use super::short::ShortName;
use crate::identifier::Identifier;
use crate::text;
use crate::unicode::without_marks;

/// Longer bodies are not looked at, in characters: three segments.
const LONGEST: usize = 480;
/// Lengths of the three numbers, of which one must follow `BH MK`.
const NUMBERS: [usize; 3] = [10, 12, 15];

/// What a text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `BH MK <number>`, with a web code where a page asked for it.
    Recover {
        /// Whose account.
        identifier: Identifier,
        /// Which page waits for it.
        web: Option<ShortName>,
    },
    /// `BH`, alone or with a word for help.
    Help,
    /// Meant for us, but the number is missing or has another form.
    BadNumber,
    /// Anything else.
    Unknown,
}

/// Reads the body of a text message.
///
/// ```
/// use recovery::sms::grammar::{Command, read};
///
/// assert!(matches!(read("bh mk 9000.000.001"), Command::Recover { web: None, .. }));
/// assert!(matches!(read("BHMK9000000001 K7QF"), Command::Recover { web: Some(_), .. }));
/// ```
pub fn read(body: &str) -> Command {
    let Some(typed) = plain(body) else { return Command::Unknown };
    let Some(rest) = typed.strip_prefix("BHMK") else {
        return match typed.strip_prefix("BH") {
            Some("" | "HELP" | "HD" | "TG" | "TROGIUP" | "HUONGDAN") => Command::Help,
            _ => Command::Unknown,
        };
    };
    recover(rest).unwrap_or(Command::BadNumber)
}

fn recover(rest: &str) -> Option<Command> {
    let (number, web) = if NUMBERS.contains(&rest.len()) {
        (rest, None)
    } else {
        let cut = rest.len().checked_sub(ShortName::LENGTH)?;
        let (number, name) = rest.split_at_checked(cut)?;
        if !NUMBERS.contains(&number.len()) {
            return None;
        }
        (number, Some(ShortName::parse(name).filter(ShortName::is_web)?))
    };
    let identifier = Identifier::parse(number).ok()?;
    Some(Command::Recover { identifier, web })
}

/// Upper-case ASCII letters and digits, accents and full-width forms folded, and what stands
/// between words dropped. `None` where something else is left.
fn plain(body: &str) -> Option<String> {
    let mut kept = String::new();
    for (count, c) in body.chars().enumerate() {
        if count >= LONGEST {
            return None;
        }
        for c in without_marks(c) {
            match c {
                'đ' | 'Đ' => kept.push('D'),
                _ if c.is_ascii_alphanumeric() => kept.push(c.to_ascii_uppercase()),
                _ if is_between_words(c) => {}
                _ => return None,
            }
        }
    }
    Some(kept)
}

/// Spaces, line ends, and the marks that people copy along from a leaflet.
fn is_between_words(c: char) -> bool {
    text::is_separator(c)
        || matches!(c, '\n' | '\r' | '\0')
        || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}')
        || matches!(c, '"' | '\'' | ',' | ':' | ';' | '/' | '*' | '_' | '!' | '#')
        || matches!(c, '‘' | '’' | '“' | '”' | '«' | '»')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(body: &str) -> Option<(String, Option<String>)> {
        match read(body) {
            Command::Recover { identifier, web } => {
                Some((identifier.normal().to_owned(), web.map(|name| name.to_string())))
            }
            _ => None,
        }
    }

    #[test]
    fn the_command_is_read_in_every_way_it_is_typed() {
        for body in [
            "BH MK 9000000001",
            "bh mk 9000000001",
            "Bh Mk 9000000001",
            "BHMK9000000001",
            "BHMK 9000000001",
            "BH  MK   9000000001",
            " BH MK\n9000000001\r\n",
            "bh.mk.9000000001",
            "BH-MK-9000-000-001",
            "BH MK 9000.000.001",
            "BH MK: 9000000001",
            "“BH MK 9000000001”",
            "BH MK <9000000001>",
            "BH MK {9000000001}.",
            "ＢＨ　ＭＫ　９０００００００01",
            "BH MK ９０００ ０００ ００１",
            "B\u{301}H M\u{300}Ḱ 9000000001",
            "BH\u{200B} MK\u{A0}9000000001\u{FEFF}",
            "BH MK HC4019000000001",
            "bh mk gđ 4 01 9000000001",
        ] {
            assert_eq!(asked(body), Some(("9000000001".into(), None)), "{body:?}");
        }
    }

    #[test]
    fn a_citizen_number_is_read_too() {
        assert_eq!(asked("BH MK 079088000001"), Some(("079088000001".into(), None)));
    }

    #[test]
    fn a_web_code_may_follow_each_number() {
        for (body, number) in [
            ("BH MK 9000000001 K7QF", "9000000001"),
            ("bhmk9000000001k7qf", "9000000001"),
            ("BH MK 079088000001 k7-qf", "079088000001"),
            ("BH MK HC4019000000001 K7QF", "9000000001"),
        ] {
            assert_eq!(asked(body), Some((number.into(), Some("K7QF".into()))), "{body}");
        }
    }

    #[test]
    fn more_digits_are_never_taken_for_a_web_code() {
        for body in [
            "BH MK 90000000011234",
            "BH MK 0790880000011234",
            "BH MK 9000000001 1234",
            "BH MK 900000000",
            "BH MK 90000000011",
            "BH MK 900000000000001",
            "BH MK",
            "BH MK 9000000001 K7Q",
            "BH MK 9000000001 K7QFF",
            "BH MK 9000000001 K7QU",
            "BH MK O000000001",
            "BH MK 9000000001 cam on",
        ] {
            assert_eq!(read(body), Command::BadNumber, "{body}");
        }
    }

    #[test]
    fn help_is_asked_for_in_a_few_words() {
        for body in ["BH", "bh ", "BH HELP", "Bh trợ giúp", "BH HD", "bh hướng dẫn"] {
            assert_eq!(read(body), Command::Help, "{body}");
        }
    }

    #[test]
    fn everything_else_is_unknown() {
        for body in [
            "",
            "9000000001",
            "MK BH 9000000001",
            "xin BH MK 9000000001",
            "3BH MK 9000000001",
            "BH TD 9000000001",
            "BH MK 9000000001 😀",
            "BH MK ٩٠٠٠٠٠٠٠٠١",
            "BH MK 90•••••001",
            &"BH MK 9000000001 ".repeat(40),
        ] {
            assert_eq!(read(body), Command::Unknown, "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn junk_never_panics(body in any::<String>()) {
            let _ = read(&body);
        }

        #[test]
        fn near_misses_never_panic(body in "(?i)b ?h ?m?k? {0,3}[0-9a-z０-９đéạ .\\-]{0,24}") {
            let _ = read(&body);
        }

        #[test]
        fn noise_between_characters_makes_no_difference(
            number in "[0-9]{10}|[0-9]{12}",
            web in proptest::option::of("[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{3}"),
            noise in proptest::collection::vec("[ .:\\-\u{A0}\u{200B}]{0,2}", 24),
        ) {
            let body = format!("BHMK{number}{}", web.clone().unwrap_or_default());
            let mut typed = String::new();
            for (c, gap) in body.chars().zip(noise.iter().cycle()) {
                typed.push(c);
                typed.push_str(gap);
            }
            prop_assert_eq!(asked(&typed), Some((number, web)));
        }
    }
}
