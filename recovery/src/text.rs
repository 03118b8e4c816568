//! What people type, cleaned: full-width forms, separators, invisible characters.
//!
//! Part of the browser's bundle, so it carries no tables beyond the few ranges named here.

/// The ASCII character a full-width form (U+FF01 to U+FF5E) stands for; any other as it is.
///
/// Japanese and Chinese keyboards type these, and some PDF files hold them.
pub fn fold_width(c: char) -> char {
    match c {
        // The block repeats ASCII from `!` to `~` at a fixed distance.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// Characters that show nothing and come along with copied text: zero-width spaces and joiners,
/// byte order marks, soft hyphens, direction marks, fillers of Korean, selectors of variants.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
    )
}

/// Marks that turn the direction of what follows, so that a text reads as another: overrides,
/// embeddings, isolates. Vietnamese and English need none.
pub const fn is_direction(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A space of any width, or a tab (numbers are pasted from spreadsheets).
///
/// Line breaks and other control characters are none: they must never pass through a field.
pub fn is_space(c: char) -> bool {
    c == '\t' || (c.is_whitespace() && !c.is_control() && !is_line_break(c))
}

/// The two line breaks that Unicode does not count among the control characters.
const fn is_line_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// A control character or line break. A tab is one too.
pub fn is_control(c: char) -> bool {
    c.is_control() || is_line_break(c)
}

/// Every dash of Unicode (general category Pd), minus and hyphen signs included.
pub const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{58A}' | '\u{5BE}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
                | '\u{2212}'
                | '\u{2E17}'
                | '\u{2E1A}'
                | '\u{2E3A}'
                | '\u{2E3B}'
                | '\u{2E40}'
                | '\u{2E5D}'
                | '\u{301C}'
                | '\u{3030}'
                | '\u{30A0}'
                | '\u{FE31}'
                | '\u{FE32}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF0D}'
                | '\u{10D6E}'
                | '\u{10EAD}'
    )
}

/// A full stop or middle dot, as used to group digits. The bullet of masked numbers is none, so
/// that a masked number never reads as a shorter one.
pub const fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '\u{B7}'
            | '\u{2024}'
            | '\u{2027}'
            | '\u{22C5}'
            | '\u{3002}'
            | '\u{FE52}'
            | '\u{FF0E}'
            | '\u{FF61}'
    )
}

/// What people put between the digits of a number: spaces, dots, dashes, invisible characters.
pub fn is_separator(c: char) -> bool {
    is_space(c) || is_dot(c) || is_dash(c) || is_invisible(c)
}

/// `input` with full-width forms folded and every separator taken out.
pub fn compact(input: &str) -> impl Iterator<Item = char> + '_ {
    input.chars().filter(|c| !is_separator(*c)).map(fold_width)
}

/// `input` with full-width forms folded, invisible characters dropped, and no spaces at the ends.
///
/// Control characters stay where they are, for the caller to refuse.
pub fn tidy(input: &str) -> String {
    let folded: String = input.chars().filter(|c| !is_invisible(*c)).map(fold_width).collect();
    folded.trim_matches(is_space).to_owned()
}

/// The first `head` and last `tail` characters with one bullet for each character between.
///
/// A text too short to hide anything becomes bullets only.
pub(crate) fn masked(text: &str, head: usize, tail: usize) -> String {
    let length = text.chars().count();
    let hides = length > head + tail;
    text.chars()
        .enumerate()
        .map(|(i, c)| if hides && (i < head || i >= length - tail) { c } else { BULLET })
        .collect()
}

/// Stands for a hidden character.
pub(crate) const BULLET: char = '•';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_full_width_form_folds_to_its_ascii_character() {
        let wide: String = ('\u{FF01}'..='\u{FF5E}').map(fold_width).collect();
        let ascii: String = ('!'..='~').collect();
        assert_eq!(wide, ascii);
    }

    #[test]
    fn folding_leaves_other_characters_alone() {
        for c in ['a', 'ậ', '\u{FF00}', '\u{FF5F}', '😀'] {
            assert_eq!(fold_width(c), c);
        }
    }

    #[test]
    fn separators_of_every_kind_disappear() {
        let typed = "1 2\u{A0}3\u{202F}4\t5.6·7-8–9—0\u{200B}1\u{FEFF}2−3\u{AD}４\u{3000}5．6－7";
        assert_eq!(compact(typed).collect::<String>(), "12345678901234567");
    }

    #[test]
    fn fillers_and_selectors_are_nothing_and_vietnamese_stays_as_it_is() {
        assert_eq!(tidy("\u{3164}\u{115F} \u{1160}\u{FFA0}\u{FE00}\u{FE0F}"), "");
        assert_eq!(tidy("Nguyễn Thị Ước Vọng"), "Nguyễn Thị Ước Vọng");
        assert_eq!(tidy("Vo\u{323}\u{302}ng Đào"), "Vo\u{323}\u{302}ng Đào");
    }

    #[test]
    fn line_breaks_and_bullets_are_no_separators() {
        for c in ['\n', '\r', '\0', '\u{85}', '\u{2028}', '\u{2029}', '\u{B}', '•', '_', ','] {
            assert!(!is_separator(c), "{c:?}");
        }
    }

    #[test]
    fn tidying_trims_spaces_but_keeps_control_characters() {
        assert_eq!(tidy(" \u{A0}ｔｖ１\u{200B}＠a b \u{3000}"), "tv1@a b");
        assert_eq!(tidy("a\r\n"), "a\r\n");
    }

    #[test]
    fn a_text_too_short_to_hide_anything_is_hidden_whole() {
        assert_eq!(masked("9000000001", 2, 3), "90•••••001");
        assert_eq!(masked("12345", 2, 3), "•••••");
    }
}
