//! How mail wraps bytes into ASCII, undone: base64, quoted-printable (RFC 2045) and encoded words
//! in headers (RFC 2047). Nothing is refused: what is not well-formed is passed over, for a letter
//! with one bad character is still a letter.

/// Bytes as characters of a named character set.
pub trait Charsets {
    /// The text; `None` where no such set is known. What a set does not have becomes U+FFFD.
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String>;
}

/// Bytes as text. Without a known label: UTF-8 where it is that, else what western mail was
/// written in for decades.
pub(super) fn text(charsets: &dyn Charsets, label: &str, bytes: &[u8]) -> String {
    // What a text begins with says more than its label: engines take UTF-16 for little-endian.
    let label = match bytes {
        [0xFE, 0xFF, ..] => "utf-16be",
        [0xFF, 0xFE, ..] => "utf-16le",
        _ => label,
    };
    // Many programs write `us-ascii` over whatever they send.
    let is_any = ["", "utf-8", "us-ascii"].iter().any(|one| label.eq_ignore_ascii_case(one));
    if let Ok(text) = str::from_utf8(bytes)
        && (is_any || bytes.is_ascii())
        // A set of seven bits that is none of ASCII switches by escapes.
        && !bytes.contains(&0x1B)
    {
        return text.to_owned();
    }
    let known = Some(label).filter(|label| !label.is_empty());
    known
        .and_then(|label| charsets.decode(label, bytes))
        .or_else(|| str::from_utf8(bytes).ok().map(str::to_owned))
        .or_else(|| charsets.decode("windows-1252", bytes))
        .unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

/// Base64; what is none of its characters is passed over, as RFC 2045 asks.
pub(super) fn base64(coded: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(coded.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in coded {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                // The end of one run; some programs begin another behind it.
                held = 0;
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(bits.wrapping_shr(held).to_le_bytes()[0]);
        }
    }
    out
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let [high, low] = pair else { return None };
    u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
}

/// Quoted-printable. In headers (`words`) an underscore is a space; in bodies a `=` at the end of a
/// line joins it to the next.
pub(super) fn quoted(coded: &[u8], words: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(coded.len());
    let mut at = 0;
    while let Some(byte) = coded.get(at) {
        at += 1;
        match byte {
            b'_' if words => out.push(b' '),
            b'=' => {
                let rest = coded.get(at..).unwrap_or_default();
                if let Some(byte) = rest.get(..2).and_then(hex) {
                    out.push(byte);
                    at += 2;
                } else if let Some(end) = soft_break(rest) {
                    at += end;
                } else {
                    out.push(b'=');
                }
            }
            other => out.push(*other),
        }
    }
    out
}

/// How long the end of the line is, spaces before it included, where one follows.
fn soft_break(rest: &[u8]) -> Option<usize> {
    let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match rest.get(spaces..)? {
        [b'\r', b'\n', ..] => Some(spaces + 2),
        [b'\n', ..] => Some(spaces + 1),
        _ => None,
    }
}

/// A header's text, encoded words read. Words that follow each other in one character set are
/// joined before they are read: some programs cut a character in two.
pub(super) fn words(charsets: &dyn Charsets, header: &[u8]) -> String {
    let mut out = String::new();
    // Bytes of words that are still open, and their set.
    let mut open: Option<(String, Vec<u8>)> = None;
    let close = |out: &mut String, open: &mut Option<(String, Vec<u8>)>| {
        if let Some((label, bytes)) = open.take() {
            out.push_str(&text(charsets, &label, &bytes));
        }
    };
    let mut rest = header;
    while let Some(start) = find(rest, b"=?") {
        let (plain, word) = rest.split_at(start);
        let Some((label, bytes, length)) = word_at(word) else {
            close(&mut out, &mut open);
            out.push_str(&text(charsets, "", plain));
            out.push_str("=?");
            rest = word.get(2..).unwrap_or_default();
            continue;
        };
        // Space between two words is none (RFC 2047, 6.2).
        let joined = open.is_some() && plain.iter().all(u8::is_ascii_whitespace);
        if !joined {
            close(&mut out, &mut open);
            out.push_str(&text(charsets, "", plain));
        }
        match &mut open {
            Some((known, held)) if known.eq_ignore_ascii_case(&label) => held.extend(bytes),
            _ => {
                close(&mut out, &mut open);
                open = Some((label, bytes));
            }
        }
        rest = word.get(length..).unwrap_or_default();
    }
    close(&mut out, &mut open);
    out.push_str(&text(charsets, "", rest));
    out
}

/// `=?set?B?…?=` at the start: set, bytes, length.
fn word_at(word: &[u8]) -> Option<(String, Vec<u8>, usize)> {
    let mut parts = word.get(2..)?.splitn(3, |byte| *byte == b'?');
    let (set, kind, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let end = find(rest, b"?=")?;
    let coded = rest.get(..end)?;
    // RFC 2231 puts a language behind the set.
    let set = str::from_utf8(set).ok()?.split('*').next()?;
    let bytes = match kind {
        b"B" | b"b" => base64(coded),
        b"Q" | b"q" => quoted(coded, true),
        _ => return None,
    };
    let before = word.len() - rest.len();
    (!set.is_empty() && set.len() <= 40).then(|| (set.to_owned(), bytes, before + end + 2))
}

/// Where `needle` first stands.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Western Europe's set, as a stand-in for the engine's many.
    pub(in crate::desk::inbox) struct Latin;

    impl Charsets for Latin {
        fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
            match label.to_ascii_lowercase().as_str() {
                "utf-8" => Some(String::from_utf8_lossy(bytes).into_owned()),
                "iso-8859-1" | "windows-1252" | "us-ascii" => {
                    Some(bytes.iter().map(|b| char::from(*b)).collect())
                }
                // A name for one of two, as engines have it.
                "utf-16" | "utf-16le" => Some(wide(bytes, u16::from_le_bytes)),
                "utf-16be" => Some(wide(bytes, u16::from_be_bytes)),
                _ => None,
            }
        }
    }

    fn wide(bytes: &[u8], of: fn([u8; 2]) -> u16) -> String {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| of(*pair)).collect();
        String::from_utf16_lossy(&units)
    }

    #[test]
    fn what_the_bytes_say_counts_for_more_than_a_label_that_cannot_be() {
        let mark = "\u{FEFF}Quên mật khẩu";
        let big: Vec<u8> = mark.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for label in ["utf-16", "UTF-16LE", "utf-16be", ""] {
            assert_eq!(text(&Latin, label, &big), mark, "{label}");
            assert_eq!(text(&Latin, label, &little), mark, "{label}");
        }
        for label in ["US-ASCII", "utf-8", ""] {
            assert_eq!(text(&Latin, label, "mật".as_bytes()), "mật", "{label}");
        }
        assert_eq!(text(&Latin, "us-ascii", b"Qu\xEAn"), "Quên");
        assert_ne!(text(&Latin, "iso-8859-1", "mật".as_bytes()), "mật");
    }

    #[test]
    fn encoded_words_are_read_as_the_standard_has_them() {
        for (header, read) in [
            ("Xin giup", "Xin giup"),
            ("=?UTF-8?B?UXXDqm4gbeG6rXQga2jhuql1?=", "Quên mật khẩu"),
            ("=?utf-8?q?Qu=C3=AAn_m=E1=BA=ADt_kh=E1=BA=A9u?=", "Quên mật khẩu"),
            ("Re: =?utf-8?Q?m=E1=BA=ADt?= abc", "Re: mật abc"),
            ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
            ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
            // A character cut in two.
            ("=?utf-8?Q?m=E1=BA?=\r\n =?utf-8?Q?=ADt?=", "mật"),
            ("=?ISO-8859-1*vi?Q?Qu=EAn?=", "Quên"),
            ("=?utf-8?Q?a?= =?iso-8859-1?Q?=EA?=", "aê"),
            ("=?khong-co?Q?a?=", "a"),
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("=?utf-8?Q?dang do", "=?utf-8?Q?dang do"),
            ("=?=?=?", "=?=?=?"),
            ("mật thô", "mật thô"),
        ] {
            assert_eq!(words(&Latin, header.as_bytes()), read, "{header}");
        }
        assert_eq!(words(&Latin, b"Qu\xEAn"), "Quên");
    }

    #[test]
    fn quoted_lines_are_joined_and_what_is_no_code_is_kept() {
        for (coded, read) in [
            ("M=E1=BA=\r\n=ADt", "Mật"),
            ("a= \t\nb", "ab"),
            ("1+1=2", "1+1=2"),
            ("cu=", "cu="),
            ("=4", "=4"),
            ("=3D=3d", "=="),
            ("a_b", "a_b"),
        ] {
            assert_eq!(quoted(coded.as_bytes(), false), read.as_bytes(), "{coded}");
        }
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_read_back(bytes: Vec<u8>) {
            let coded = data_encoding::BASE64_MIME.encode(&bytes);
            prop_assert_eq!(base64(coded.as_bytes()), bytes);
        }

        #[test]
        fn junk_never_panics_and_never_grows(junk: Vec<u8>) {
            prop_assert!(base64(&junk).len() <= junk.len());
            prop_assert!(quoted(&junk, true).len() <= junk.len());
            let _ = words(&Latin, &junk);
        }
    }
}
