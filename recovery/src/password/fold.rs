//! Text as a guesser reads it: without case, accents and widths.

use crate::text;
use crate::unicode::without_marks;

/// The characters that one character becomes: compatibility forms resolved (full width, circled,
/// mathematical), accents dropped, lower case, `đ` as `d`.
fn fold_char(c: char) -> impl Iterator<Item = char> {
    without_marks(c).flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c })
}

/// `input` folded, with everything that is no accent kept.
pub(super) fn fold(input: &str) -> String {
    input.chars().flat_map(fold_char).collect()
}

/// What stands between words and is skipped when they are looked for.
pub(super) fn is_gap(c: char) -> bool {
    text::is_separator(c) || text::is_control(c) || matches!(c, '_' | '/')
}

/// The letters and digits of `input`, folded.
pub(super) fn letters(input: &str) -> String {
    input.chars().flat_map(fold_char).filter(|c| c.is_alphanumeric()).collect()
}

/// `input` folded, without the gaps, each character with the position of the code point in
/// `input` that it came from.
pub(super) fn positioned(input: &str) -> Vec<(char, usize)> {
    input
        .chars()
        .enumerate()
        .filter(|(_, c)| !is_gap(*c))
        .flat_map(|(position, c)| fold_char(c).map(move |folded| (folded, position)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_widths_disappear() {
        for typed in
            ["Mật Khẩu", "ma\u{323}\u{302}t kha\u{302}\u{309}u", "ｍａｔ ｋｈａｕ", "𝗆𝖺𝗍 𝗄𝗁𝖺𝗎"]
        {
            assert_eq!(fold(typed), "mat khau", "{typed}");
            assert_eq!(letters(typed), "matkhau", "{typed}");
        }
        assert_eq!(letters("Đường-số_9 (mới)!"), "duongso9moi");
    }

    #[test]
    fn positions_point_at_the_code_points_typed() {
        let at = positioned("v-Ｓ s");
        assert_eq!(at, [('v', 0), ('s', 2), ('s', 4)]);
    }
}
