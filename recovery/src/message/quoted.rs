//! Text in ASCII: quoted-printable (RFC 2045, 6.7) and encoded words (RFC 2047).

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// RFC 2045, 6.7 (5): lines of at most 76 characters, the `=` of a soft break included.
const LINE_MAX: usize = 76;

/// Encodes UTF-8 text, `\n` for line ends, as quoted-printable with CRLF.
pub(super) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        let (line, ends) = line.strip_suffix('\n').map_or((line, false), |line| (line, true));
        let mut column = 0;
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let literal = matches!(c, '!'..='<' | '>'..='~')
                // A space at the end of a line may be lost on the way.
                || (c == ' ' && chars.peek().is_some());
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).as_bytes();
            let width = if literal { 1 } else { 3 * bytes.len() };
            // A character's bytes stay on one line: some readers decode line by line.
            if column + width > LINE_MAX - 1 {
                out.push_str("=\r\n");
                column = 0;
            }
            if literal {
                out.push(c);
            } else {
                for byte in bytes {
                    out.push('=');
                    out.push(hex(byte >> 4));
                    out.push(hex(byte & 15));
                }
            }
            column += width;
        }
        if ends {
            out.push_str("\r\n");
        }
    }
    out
}

fn hex(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 })
}

/// A header's unstructured text: as it stands where it is plain ASCII and fits `room` characters,
/// otherwise as encoded words folded with CRLF and a space.
pub(super) fn header(text: &str, room: usize) -> String {
    let plain = text.bytes().all(|b| (b' '..=b'~').contains(&b)) && !text.contains("=?");
    if plain && text.len() <= room { text.to_owned() } else { encoded_words(text) }
}

/// RFC 2047, 2: a line that holds an encoded word has at most 76 characters. `=?UTF-8?B?` and
/// `?=` take 12 and `Subject: ` takes 9, which leaves 55, so 13 groups of four: 39 bytes, cut
/// between characters.
pub(super) fn encoded_words(text: &str) -> String {
    const BYTES: usize = 39;
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = (0..=rest.len().min(BYTES)).rev().find(|&at| rest.is_char_boundary(at));
        let (word, tail) = rest.split_at(end.unwrap_or(rest.len()));
        words.push(format!("=?UTF-8?B?{}?=", STANDARD.encode(word)));
        rest = tail;
    }
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::{encoded_words, header, printable};

    #[test]
    fn plain_words_stay_readable() {
        assert_eq!(printable("K7QM-2P9X\nhttps://a.vn/x#y\n"), "K7QM-2P9X\r\nhttps://a.vn/x#y\r\n");
    }

    #[test]
    fn the_equals_sign_and_other_letters_are_encoded() {
        assert_eq!(printable("a=b"), "a=3Db");
        assert_eq!(printable("mã"), "m=C3=A3");
        assert_eq!(printable("tab\tand bell\u{7}"), "tab=09and bell=07");
    }

    #[test]
    fn a_space_at_the_end_of_a_line_survives() {
        assert_eq!(printable("a \nb "), "a=20\r\nb=20");
    }

    #[test]
    fn no_encoded_line_is_longer_than_76_characters_and_no_letter_is_split() {
        for text in
            ["x".repeat(400), "ộ".repeat(99), format!("{}😀{}", "a".repeat(66), "=".repeat(80))]
        {
            let encoded = printable(&text);
            for line in encoded.split("\r\n") {
                assert!(line.len() <= 76, "{line}");
                let bytes: Vec<u8> = decode(line.strip_suffix('=').unwrap_or(line));
                assert!(std::str::from_utf8(&bytes).is_ok(), "{line}");
            }
        }
    }

    fn decode(line: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = line;
        while let Some(at) = rest.find('=') {
            bytes.extend(rest[..at].bytes());
            bytes.push(u8::from_str_radix(&rest[at + 1..at + 3], 16).unwrap());
            rest = &rest[at + 3..];
        }
        bytes.extend(rest.bytes());
        bytes
    }

    #[test]
    fn encoded_words_are_short_and_cut_between_letters() {
        let words = encoded_words(&"Mật khẩu đã được đổi ".repeat(6));
        assert!(words.split("\r\n ").count() > 1);
        assert!(words.split("\r\n ").all(|w| w.len() + 9 <= 76 && w.starts_with("=?UTF-8?B?")));
    }

    #[test]
    fn a_header_that_looks_encoded_is_encoded() {
        assert_eq!(header("Plain subject", 60), "Plain subject");
        assert!(header("=?UTF-8?Q?trick?=", 60).starts_with("=?UTF-8?B?"));
        assert!(header(&"a".repeat(61), 60).starts_with("=?UTF-8?B?"));
    }
}
