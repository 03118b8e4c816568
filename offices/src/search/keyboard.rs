//! What Vietnamese keyboards leave behind: Telex and VNI keystrokes that were not composed, and
//! words typed without spaces.

use crate::directory::Directory;
use crate::search::query::is_marker_word;

/// Reads Telex keystrokes as plain letters: `ddoongf` is `dong`, `nguwowfi` is `nguoi`. `None`
/// when there is nothing to read.
pub(crate) fn telex(text: &[u8]) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut vowel = false;
    for (i, b) in text.iter().copied().enumerate() {
        let doubled = i > 0 && text.get(i - 1) == Some(&b);
        match b {
            // dd is đ, also typed at the end (`dongd`); aa, ee, oo are â, ê, ô.
            b'd' if doubled || (vowel && i + 1 == text.len() && text.first() == Some(&b'd')) => {}
            b'a' | b'e' | b'o' if doubled => {}
            b'w' if !vowel => {
                out.push(b'u');
                vowel = true;
            }
            // Tone keys never end or interrupt a Vietnamese syllable otherwise.
            b'w' | b's' | b'f' | b'r' | b'x' | b'j' | b'z' if vowel => {}
            _ => {
                vowel |= matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
                out.push(b);
            }
        }
    }
    (out != text).then_some(out)
}

/// Reads VNI keystrokes as plain letters: `d9o6ng2` is `dong`.
pub(crate) fn without_digits(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|b| !b.is_ascii_digit()).collect()
}

/// Lengths of the words that `text` is made of, at most five; empty when it is not. Among several
/// readings the one whose neighbours stand together in a name wins: `hanoi` is `ha noi`, not
/// `han oi`.
pub(crate) fn split_glued(text: &[u8], last: bool, dictionary: &Directory<'_>) -> Vec<usize> {
    let mut best = (0, Vec::new());
    if text.len() >= 4 && text.len() <= 30 {
        let mut pieces = Vec::with_capacity(5);
        search(text, last, dictionary, &mut pieces, &mut best);
    }
    best.1
}

fn search(
    rest: &[u8],
    last: bool,
    dictionary: &Directory<'_>,
    pieces: &mut Vec<(usize, Option<u16>)>,
    best: &mut (usize, Vec<usize>),
) {
    if rest.is_empty() {
        let neighbours = pieces
            .windows(2)
            .filter(|pair| match pair {
                [(_, Some(a)), (_, Some(b))] => dictionary.are_neighbours(*a, *b),
                [(_, None), _] => true,
                _ => false,
            })
            .count();
        // Neighbours first, then fewer and so longer pieces. Without any, it is a mistyped word.
        let score = neighbours * 10 + (5 - pieces.len());
        if neighbours > 0 && score > best.0 {
            *best = (score, pieces.iter().map(|p| p.0).collect());
        }
        return;
    }
    if pieces.len() == 5 {
        return;
    }
    for length in (1..=rest.len().min(7)).rev() {
        let Some((head, tail)) = rest.split_at_checked(length) else { continue };
        let found = match dictionary.words.find(head) {
            Some(id) if length > 1 => Some(id),
            _ if is_marker_word(head) && (length > 1 || pieces.is_empty()) => None,
            _ if last && tail.is_empty() && !pieces.is_empty() => {
                let range = dictionary.words.starting_with(head);
                if range.is_empty() {
                    continue;
                }
                Some(range.start)
            }
            _ => continue,
        };
        pieces.push((length, found));
        search(tail, last, dictionary, pieces, best);
        pieces.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telex_keystrokes_become_plain_letters() {
        let read = |t: &str| telex(t.as_bytes()).map(|v| String::from_utf8(v).unwrap());
        for (typed, plain) in [
            ("ddoongf", "dong"),
            ("dduwcs", "duc"),
            ("nguyeenx", "nguyen"),
            ("thuw", "thu"),
            ("nghes", "nghe"),
            ("quaanj", "quan"),
            ("phuwowngf", "phuong"),
            ("vieejt", "viet"),
            ("binhf", "binh"),
            ("sais", "sai"),
            ("ddaf", "da"),
            ("hooif", "hoi"),
        ] {
            assert_eq!(read(typed).as_deref(), Some(plain), "{typed}");
        }
        assert_eq!(read("nghe"), None);
    }

    #[test]
    fn vni_digits_are_left_out() {
        assert_eq!(without_digits(b"d9o6ng2"), b"dong");
    }
}
