//! Lengths of text messages: the GSM 7-bit alphabet of 3GPP TS 23.038, one segment of 160.
//!
//! A single character outside the alphabet turns the whole message into UCS-2 with 70 characters a
//! segment. Ours never hold one.

use std::fmt;

/// Septets that fit into one unconcatenated message.
pub const SEGMENT: usize = 160;

/// The basic table beyond the ASCII characters that it shares; one septet each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¤¡ÄÖÑÜ§¿äöñüà";
/// The extension table: an escape and a character, two septets.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// Length in septets; `None` where a character is in neither table.
///
/// ```
/// use recovery::sms::gsm::septets;
///
/// assert_eq!(septets("BH MK 9000000001"), Some(16));
/// assert_eq!(septets("[]"), Some(4));
/// assert_eq!(septets("Mã"), None);
/// ```
pub fn septets(text: &str) -> Option<usize> {
    text.chars().map(width).sum()
}

fn width(c: char) -> Option<usize> {
    // ASCII's printable characters, but for those that GSM has elsewhere or not at all.
    let shared = matches!(c, ' '..='~') && !matches!(c, '`' | '^' | '{'..='~' | '['..=']');
    if shared || BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// A text of one segment: printable ASCII, one line, at most 160 septets.
#[derive(Clone, PartialEq, Eq)]
pub struct Segment(String);

impl Segment {
    /// `None` for what does not fit into one segment.
    pub fn new(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let fits = septets(text).is_some_and(|length| (1..=SEGMENT).contains(&length));
        (plain && fits).then(|| Self(text.to_owned()))
    }

    /// The first wording that fits; of the last, as much as fits. Wordings go from the fullest to
    /// the shortest: how much room there is depends on the length of `PUBLIC_URL`.
    pub fn first_that_fits(wordings: &[String]) -> Self {
        let whole = wordings.iter().find_map(|wording| Self::new(wording));
        whole.unwrap_or_else(|| Self::cut(wordings.last().map_or("", String::as_str)))
    }

    fn cut(text: &str) -> Self {
        let mut kept = String::new();
        let mut length = 0;
        for c in text.chars() {
            let c = if matches!(c, ' '..='~') && width(c).is_some() { c } else { '?' };
            length += width(c).unwrap_or(1);
            if length > SEGMENT {
                break;
            }
            kept.push(c);
        }
        Self(if kept.is_empty() { "-".to_owned() } else { kept })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text may hold a code: it stays out of logs.
impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Segment({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_alphabet_has_128_and_ten_characters() {
        let all = (0..0x3000).filter_map(char::from_u32);
        let mut count = [0; 3];
        for c in all {
            count[width(c).unwrap_or(0)] += 1;
        }
        // 128 codes less the escape; the extension table's ten.
        assert_eq!((count[1], count[2]), (127, 10));
    }

    #[test]
    fn a_segment_holds_160_septets() {
        assert!(Segment::new(&"a".repeat(160)).is_some());
        assert!(Segment::new(&"a".repeat(161)).is_none());
        assert!(Segment::new(&"[".repeat(80)).is_some());
        assert!(Segment::new(&"[".repeat(81)).is_none());
        for text in ["", "Mã", "a\nb", "`", "é", "€"] {
            assert!(Segment::new(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_fullest_wording_that_fits_is_taken() {
        let wordings = ["a".repeat(161), "b".repeat(150), "c".into()];
        assert_eq!(Segment::first_that_fits(&wordings).as_str(), "b".repeat(150));
        assert_eq!(Segment::first_that_fits(&["a".repeat(999)]).as_str().len(), 160);
    }

    proptest! {
        #[test]
        fn whatever_is_to_be_said_becomes_one_segment(texts in proptest::collection::vec(any::<String>(), 0..4)) {
            let segment = Segment::first_that_fits(&texts);
            prop_assert!(Segment::new(segment.as_str()).is_some());
        }
    }
}
