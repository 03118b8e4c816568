//! What the address may keep of what was typed.

/// Digits from which on a text looks like somebody's number: no name of a place has as many, and a
/// ward's code has five.
const NUMBER: usize = 6;

/// Whether a search may stand in the address, so that the way back from an office leads to it.
/// Places may; a number or an email that was typed here by mistake must not stay in the history.
pub fn may_be_kept(text: &str) -> bool {
    !text.contains(['@', '＠']) && text.chars().filter(|c| c.is_numeric()).count() < NUMBER
}

#[cfg(test)]
mod tests {
    use super::may_be_kept;

    #[test]
    fn names_of_places_are_kept() {
        for text in ["Đống Đa", "phường 12 quận 10", "bhxh co so 3", "26740", "thành phố Thủ Đức"]
        {
            assert!(may_be_kept(text), "{text}");
        }
    }

    #[test]
    fn numbers_and_emails_typed_by_mistake_are_not() {
        for text in [
            "9000000001",
            "900 000 0001",
            "tôi số 079000000001",
            "０９０００００００１",
            "tv1@example.vn",
        ] {
            assert!(!may_be_kept(text), "{text}");
        }
    }
}
