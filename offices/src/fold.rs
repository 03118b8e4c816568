//! Folding Vietnamese text to what people type without accents.
//!
//! One `match` over the precomposed letters replaces some 40 KB of general tables. Composed (NFC)
//! and decomposed (NFD) input give the same result: combining marks are read as marks of the letter
//! before them. `đ`, `Đ` and `Ð` (Eth, a common mistyping) all give `d`; a plain accent-stripper
//! leaves them.

/// Marks that change the letter: `^` 1, breve 2, horn or the bar of `đ` 3; 0 for none.
type Quality = u8;
/// `huyền` 1, `sắc` 2, `hỏi` 3, `ngã` 4, `nặng` 5; 0 for none.
type Tone = u8;

/// A letter or digit, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) base: u8,
    pub(crate) quality: Quality,
    pub(crate) tone: Tone,
}

/// U+1EA0 to U+1EF9 in pairs (capital, small): base letter, quality, tone.
const EXTENDED: &[u8; 135] = b"a05a03a12a11a13a14a15a22a21a23a24a25\
e05e03e04e12e11e13e14e15i03i05\
o05o03o12o11o13o14o15o32o31o33o34o35\
u05u03u32u31u33u34u35y01y05y03y04";

/// U+00C0 to U+00DD, the same for U+00E0 to U+00FD; a dot is no letter of ours.
const LATIN1: &[u8; 90] = b"a01a02a10a04a00a00...c00e01e02e10e00i01i02i00i00\
d30n00o01o02o10o04o00...o00u01u02u00u00y02";

fn triple(table: &[u8], index: usize) -> Option<Letter> {
    let t = table.get(index * 3..index * 3 + 3)?;
    let (base, quality, tone) = (*t.first()?, *t.get(1)?, *t.get(2)?);
    (base != b'.').then(|| Letter { base, quality: quality - b'0', tone: tone - b'0' })
}

/// The letter or digit that `c` stands for; full-width forms are read as their plain ones.
pub(crate) fn letter(c: char) -> Option<Letter> {
    let code = c as u32;
    let plain = |base: u8, quality, tone| Some(Letter { base, quality, tone });
    match code {
        0x30..=0x39 | 0x61..=0x7A => plain(code.to_le_bytes()[0], 0, 0),
        0x41..=0x5A => plain(code.to_le_bytes()[0] + 32, 0, 0),
        0xC0..=0xDD => triple(LATIN1, code as usize - 0xC0),
        0xE0..=0xFD => triple(LATIN1, code as usize - 0xE0),
        0x102 | 0x103 => plain(b'a', 2, 0),
        0x10C | 0x10D => plain(b'c', 0, 0),
        0x110 | 0x111 => plain(b'd', 3, 0),
        0x114 | 0x115 => plain(b'e', 2, 0),
        0x128 | 0x129 => plain(b'i', 0, 4),
        0x12C | 0x12D => plain(b'i', 2, 0),
        0x14E | 0x14F => plain(b'o', 2, 0),
        0x168 | 0x169 => plain(b'u', 0, 4),
        0x16C | 0x16D => plain(b'u', 2, 0),
        0x1A0 | 0x1A1 => plain(b'o', 3, 0),
        0x1AF | 0x1B0 => plain(b'u', 3, 0),
        0x1EA0..=0x1EF9 => triple(EXTENDED, (code as usize - 0x1EA0) / 2),
        0xFF10..=0xFF19 | 0xFF21..=0xFF3A | 0xFF41..=0xFF5A => {
            letter(char::from_u32(code - 0xFEE0)?)
        }
        _ => None,
    }
}

/// What a combining mark adds to the letter before it; `None` when `c` is no combining mark.
pub(crate) fn mark(c: char) -> Option<(Quality, Tone)> {
    match c as u32 {
        0x300 | 0x340 => Some((0, 1)),
        0x301 | 0x341 => Some((0, 2)),
        0x309 => Some((0, 3)),
        0x303 => Some((0, 4)),
        0x323 => Some((0, 5)),
        0x302 => Some((1, 0)),
        0x306 => Some((2, 0)),
        0x31B => Some((3, 0)),
        0x300..=0x36F => Some((0, 0)),
        _ => None,
    }
}

/// Apostrophes belong to a word (`M'Drắk`) and are not typed by most people.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

/// `text` in small letters without accents. Idempotent; equal for composed and decomposed input.
/// Characters that are no Latin letter or digit stay as they are.
///
/// ```
/// assert_eq!(offices::fold("Phường Bến Nghé, Quận 1"), "phuong ben nghe, quan 1");
/// assert_eq!(offices::fold("ĐẮK Lắk"), offices::fold("dak lak"));
/// ```
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match letter(c) {
            Some(l) => out.push(char::from(l.base)),
            None if mark(c).is_some() => {}
            None => out.push(c),
        }
    }
    out
}

/// One word of a text: folded, with its accents and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) folded: Vec<u8>,
    pub(crate) accents: Accents,
    /// Place in the text, counted in `char`s.
    pub(crate) start: u16,
    pub(crate) end: u16,
    /// A comma, semicolon or line break stands between this word and the one before.
    pub(crate) new_segment: bool,
}

/// The accents of a word apart from its letters. The tone counts for the whole word, so that
/// `Hòa` and `Hoà` agree; 0 is a word without accents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Accents(u32);

impl Accents {
    pub(crate) fn is_plain(self) -> bool {
        self.0 == 0
    }

    fn add(&mut self, position: usize, quality: Quality, tone: Tone) {
        let place = 3 + 2 * position.min(13);
        self.0 |= (u32::from(quality) << place) | u32::from(tone);
    }
}

/// Splits a text into words of letters and digits; apostrophes inside a word are left out.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut open = false;
    let mut new_segment = false;
    let mut place: u16 = 0;
    for c in text.chars() {
        let end = place.saturating_add(1);
        if let Some(l) = letter(c) {
            if !open {
                let folded = Vec::with_capacity(8);
                let accents = Accents::default();
                out.push(Word { folded, accents, start: place, end, new_segment });
                (open, new_segment) = (true, false);
            }
            if let Some(word) = out.last_mut() {
                word.accents.add(word.folded.len(), l.quality, l.tone);
                word.folded.push(l.base);
                word.end = end;
            }
        } else if let Some((quality, tone)) = mark(c) {
            if let Some(word) = out.last_mut().filter(|_| open) {
                word.accents.add(word.folded.len().saturating_sub(1), quality, tone);
                word.end = end;
            }
        } else if !(open && is_apostrophe(c)) {
            open = false;
            new_segment |= matches!(c, ',' | ';' | '\n' | '|');
        }
        place = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    /// The 67 accented small letters and their capitals.
    const ACCENTED: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ\
ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ";

    fn oracle(text: &str) -> String {
        text.replace(['đ', 'Đ', 'Ð'], "d")
            .nfd()
            .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
            .collect::<String>()
            .to_lowercase()
    }

    #[test]
    fn all_134_letters_fold_as_the_unicode_tables_say() {
        assert_eq!(ACCENTED.chars().count(), 134);
        for c in ACCENTED.chars() {
            assert_eq!(fold(&c.to_string()), oracle(&c.to_string()), "{c}");
        }
    }

    #[test]
    fn composed_and_decomposed_input_agree() {
        for c in ACCENTED.chars() {
            let (nfc, nfd): (String, String) =
                (c.to_string().nfc().collect(), c.to_string().nfd().collect());
            assert_eq!(fold(&nfd), fold(&nfc), "{c}");
            assert_eq!(words(&nfd)[0].accents, words(&nfc)[0].accents, "{c}");
            assert_eq!(words(&nfd)[0].folded, words(&nfc)[0].folded, "{c}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        let once = fold(ACCENTED);
        assert_eq!(fold(&once), once);
        assert!(once.is_ascii());
    }

    #[test]
    fn eth_and_the_barred_d_are_d() {
        assert_eq!(fold("Đđ Ðð"), "dd dd");
    }

    #[test]
    fn every_two_letters_differ_in_base_or_accents() {
        let small: Vec<char> = ACCENTED.chars().take(67).chain("aeioudy".chars()).collect();
        for a in &small {
            for b in &small {
                assert_eq!(a == b, letter(*a) == letter(*b), "{a} {b}");
            }
        }
    }

    #[test]
    fn the_place_of_the_tone_does_not_matter() {
        assert_eq!(words("Hòa")[0].accents, words("hoà")[0].accents);
        assert_ne!(words("Hòa")[0].accents, words("Hóa")[0].accents);
        assert_ne!(words("Tân")[0].accents, words("Tăn")[0].accents);
    }

    #[test]
    fn words_know_their_place_and_their_segment() {
        let found = words("P.Bến Nghé, M'Drắk １2");
        let texts = found.iter().map(|w| String::from_utf8(w.folded.clone()).unwrap());
        assert_eq!(texts.collect::<Vec<_>>(), ["p", "ben", "nghe", "mdrak", "12"]);
        assert_eq!((found[1].start, found[1].end), (2, 5));
        assert_eq!((found[3].start, found[3].end), (12, 18));
        assert!(found[3].new_segment && !found[2].new_segment);
    }
}
