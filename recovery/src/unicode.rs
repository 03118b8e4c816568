//! Unicode's normal forms. Natively from tables; in the Worker (feature `js`) from the JavaScript
//! engine that it runs in: the tables would be an eighth of its size budget, and the engine has
//! them anyway. Both are the same function of their input, and of characters once assigned it
//! never changes (Unicode's stability policy).

/// Normalization form C: composed.
pub(crate) fn nfc(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { forms::nfc(text) }
}

/// One character in form KD: decomposed, compatibility forms resolved, accents left out.
pub(crate) fn without_marks(c: char) -> impl Iterator<Item = char> {
    let (plain, folded) =
        if c.is_ascii() { (Some(c), String::new()) } else { (None, forms::nfkd(c)) };
    // The characters are owned: the string is gone when they are read.
    let folded: Vec<char> = folded.chars().filter(|c| !forms::is_mark(*c)).collect();
    plain.into_iter().chain(folded)
}

#[cfg(not(all(feature = "js", target_arch = "wasm32")))]
mod forms {
    use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

    pub(super) fn nfc(text: &str) -> String {
        text.nfc().collect()
    }

    pub(super) fn nfkd(c: char) -> String {
        std::iter::once(c).nfkd().collect()
    }

    pub(super) fn is_mark(c: char) -> bool {
        is_combining_mark(c)
    }
}

#[cfg(all(feature = "js", target_arch = "wasm32"))]
mod forms {
    use js_sys::{JsString, RegExp};

    thread_local! {
        static MARK: RegExp = RegExp::new("^\\p{M}", "u");
    }

    pub(super) fn nfc(text: &str) -> String {
        JsString::from(text).normalize("NFC").into()
    }

    pub(super) fn nfkd(c: char) -> String {
        let mut buffer = [0; 4];
        JsString::from(&*c.encode_utf8(&mut buffer)).normalize("NFKD").into()
    }

    pub(super) fn is_mark(c: char) -> bool {
        // Latin letters, the most by far, are none.
        let mut buffer = [0; 4];
        c >= '\u{300}' && MARK.with(|mark| mark.test(c.encode_utf8(&mut buffer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_letter_become_one() {
        assert_eq!(nfc("ma\u{323}\u{302}t"), "mật");
        assert_eq!(nfc("mật"), "mật");
    }

    #[test]
    fn a_letter_loses_its_accents_and_its_width() {
        let plain = |text: &str| text.chars().flat_map(without_marks).collect::<String>();
        assert_eq!(plain("Mật ｋｈẩｕ, \u{301}đ"), "Mat khau, đ");
    }
}
