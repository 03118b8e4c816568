//! Letters: mail to an office's address, which becomes a draft of a case.
//!
//! Nothing in a letter is believed, its sender least of all: whoever it says it is from is shown
//! to the officer as a claim, and never answered, looked up or taken for a contact. A letter is
//! kept sealed until an officer makes a case of it or discards it, or its time is over. A case
//! that came from a letter changes no contacts: see [`Case::from_letter`](super::case::Case).
//!
//! **No answer to anybody.** A sender is claimed: an answer by mail would go to whoever a stranger
//! names (backscatter), and would tell by its words what became of the letter. What is refused
//! while it is handed over is refused in constant words to the server that hands it over.

mod encoding;
mod html;
pub mod mime;
pub mod officer;
pub mod receive;

pub use encoding::Charsets;

use super::case::tags;
use super::names::{OfficeId, StaffId};
use super::seal::Sealed;
use crate::flow::ids::Id;
use crate::flow::policy::DAY;
use crate::text;

/// Limits of letters; a limit of 0 is switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterPolicy {
    /// `DESK_MAIL_DOMAIN`: letters go to `office@domain`. Empty: there are none.
    pub domain: String,
    /// The address in `EMAIL_FROM`: what comes from it is never a letter.
    pub own_address: String,
    /// `LETTER_MAX_KB`, in bytes: larger letters are refused unread.
    pub longest: u64,
    /// `LETTER_READ_KB`, in bytes: so much of a letter is read.
    pub read: usize,
    /// `LETTER_TEXT`: so many characters of its text are kept.
    pub text: usize,
    /// `LIMIT_LETTER_DAY`: letters to one office, in 24 hours.
    pub office_day: u32,
    /// `LIMIT_LETTER_SENDER_DAY`: letters that say they are from one sender, in 24 hours.
    pub sender_day: u32,
    /// `LETTER_DAYS`, in seconds: a letter that nobody takes is kept so long.
    pub keep: i64,
}

impl Default for LetterPolicy {
    fn default() -> Self {
        Self {
            domain: String::new(),
            own_address: "khong-tra-loi@example.vn".to_owned(),
            longest: 10_000 * 1_024,
            read: 256 * 1_024,
            text: 4_000,
            office_day: 200,
            sender_day: 5,
            keep: 30 * DAY,
        }
    }
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetterState {
    /// Nobody has decided about it.
    New,
    /// It became a case, which has its id.
    Taken,
    /// An officer put it away.
    Discarded,
}

tags!(LetterState { New => "new", Taken => "taken", Discarded => "discarded" });

/// Why a letter was put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Discard {
    /// Advertising, fraud, nonsense.
    Spam,
    /// Not about getting back into an account.
    NotOurs,
    /// It lacks what a case needs, and the person cannot be asked.
    Incomplete,
    /// There is a case, or another letter, about the same.
    Duplicate,
    /// The person was helped in another way.
    Answered,
}

tags!(Discard {
    Spam => "spam",
    NotOurs => "not-ours",
    Incomplete => "incomplete",
    Duplicate => "duplicate",
    Answered => "answered",
});

/// A letter as stored. Everything that its writer wrote is sealed beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The row's name, and that of the case that comes of it.
    pub id: Id,
    /// Whose desk it lies on.
    pub office: OfficeId,
    /// Where it stands.
    pub state: LetterState,
    /// Raised with the decision, which names the version it was made on.
    pub version: u32,
    /// Unix seconds.
    pub received_at: i64,
    /// Unix seconds; since then retention counts.
    pub closed_at: Option<i64>,
    /// Parts that were not kept.
    pub attachments: u32,
    /// Whether there may be more of these: reading ended before the letter did.
    pub more: bool,
    /// Whether its words were longer than what is kept.
    pub cut: bool,
    /// Who decided.
    pub staff: Option<StaffId>,
    /// What was written, as it is read while it is kept; it is handed over beside the letter.
    pub text: Option<Sealed>,
}

/// Which letters an officer asks for: those that nobody has decided about, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterQuery {
    /// The officer's office.
    pub office: OfficeId,
    /// Where the last page ended.
    pub after: Option<(i64, Id)>,
    /// Most rows.
    pub limit: u32,
}

/// What a letter's text is bound to: it cannot be moved to another.
fn binding(letter: &Id) -> Vec<u8> {
    format!("letter {letter}").into_bytes()
}

/// Bytes that are composed at once: putting marks in order takes the square of their run.
const PIECE: usize = 256;

/// Text without control characters, marks that turn its direction, and what cannot be seen; at most
/// `longest` characters, on one line or on many. Says whether anything was cut off.
fn clean(input: &str, longest: usize, many_lines: bool) -> (String, bool) {
    // Tags (U+E0000 on) write text that nobody sees.
    let hidden = |c: char| text::is_invisible(c) || ('\u{E0000}'..='\u{E0FFF}').contains(&c);
    let mut out = String::new();
    // What is before this is composed.
    let mut done = 0;
    let compose = |out: &mut String, done: usize| {
        let tail = crate::unicode::nfc(out.get(done..).unwrap_or_default());
        out.truncate(done);
        out.push_str(&tail);
        out.len()
    };
    let (mut length, mut breaks) = (0, 0);
    for c in input.chars().filter(|c| !hidden(*c) && *c != '\r') {
        let is_break = c == '\n' || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}');
        if is_break && many_lines {
            breaks += 1;
            continue;
        }
        let c = if is_break || text::is_space(c) { ' ' } else { c };
        if c.is_control() || (c == ' ' && (out.is_empty() || breaks > 0 || out.ends_with(' '))) {
            continue;
        }
        // One empty line at most between two paragraphs.
        let gap = if out.is_empty() { 0 } else { breaks.min(2) };
        breaks = 0;
        length += gap + 1;
        // Four become one at most.
        if length > longest * 4 {
            break;
        }
        if gap > 0 {
            out.truncate(out.trim_end().len());
        }
        out.extend(std::iter::repeat_n('\n', gap));
        // No mark stands between words; where they never end, a letter may stay apart.
        let piece = if c.is_ascii() { PIECE } else { 4 * PIECE };
        if out.len() > done + piece {
            done = compose(&mut out, done);
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    compose(&mut out, done);
    let end = out.char_indices().nth(longest).map(|(end, _)| end);
    if let Some(end) = end {
        out.truncate(end);
        out.truncate(out.trim_end().len());
    }
    (out, end.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_or_turns_the_text_is_taken_out() {
        for (input, cleaned) in [
            ("  Tôi\u{202E} quên\u{2066}\u{200B} mật\u{0} khẩu\u{7}.  ", "Tôi quên mật khẩu."),
            ("a\r\n\r\n\r\n\r\nb \n c\u{2028}d", "a\n\nb\nc\nd"),
            ("a\t \u{A0}b\u{E0041}\u{FEFF}", "a b"),
            ("\n\n \n", ""),
            ("ma\u{323}\u{302}t", "mật"),
        ] {
            assert_eq!(clean(input, 100, true), (cleaned.to_owned(), false), "{input:?}");
        }
        assert_eq!(clean("a\r\nBcc: b\u{2029}c", 100, false).0, "a Bcc: b c");
    }

    #[test]
    fn a_long_text_ends_at_its_limit_and_says_so() {
        let long = "ă".repeat(30);
        assert_eq!(clean(&long, 30, true), (long.clone(), false));
        assert_eq!(clean(&long, 29, true), ("ă".repeat(29), true));
        assert_eq!(clean("a\n\nb", 3, true), ("a".to_owned(), true));
        // As long as it is when it is composed.
        let apart = "ma\u{323}\u{302}t ".repeat(10);
        assert_eq!(clean(&apart, 39, true), ("mật ".repeat(10).trim_end().to_owned(), false));
        assert_eq!(clean(&apart, 38, true).0.chars().count(), 38);
    }

    #[test]
    fn marks_by_the_hundred_thousand_are_put_in_order_piece_by_piece() {
        for mark in ["\u{301}\u{323}", "\u{5B0}\u{5C1}", "\u{323}\u{7}\u{200B}\u{301}"] {
            let (text, cut) = clean(&format!("a{}", mark.repeat(48_000)), 20_000, true);
            assert_eq!((text.chars().count(), cut), (20_000, true));
            // All in one order would have all of one kind before the first of the other.
            let kind = |c: &char| matches!(c, '\u{301}' | '\u{5C1}');
            assert!(text.chars().take(PIECE * 4).any(|c| kind(&c)), "{mark:?}");
        }
        // Words are composed whole, wherever a piece ends.
        let apart = "Nguye\u{302}\u{303}n Tha\u{323}\u{302}t ".repeat(300);
        let (text, _) = clean(&apart, 20_000, true);
        assert_eq!(text, "Nguyễn Thật ".repeat(300).trim_end());
    }
}
