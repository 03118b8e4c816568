//! The passwords that are tried first.
//!
//! The list is a file in the program: sorted, front-coded, exact (no false alarms). It is made
//! by `cargo run -p recovery --example common_passwords --features testing` from the sources in
//! `recovery/data/passwords`. Vietnamese habits are rules beside it.

mod habits;
#[cfg(any(test, feature = "testing"))]
pub mod list;

use super::fold;

/// The list, in the form that [`contains`] reads:
/// - the number of blocks, `u16` little-endian;
/// - where each block starts, from the end of this table, `u32` little-endian;
/// - the blocks, of [`BLOCK`] entries: for each a byte with the characters shared with the entry
///   before (high half, 0 in the first) and the characters that follow (low half; [`MORE`] means
///   that a byte with the rest of their number comes next), then those characters.
static LIST: &[u8] = include_bytes!("../../data/common-passwords.bin");

/// Entries of a block: larger is smaller but slower.
const BLOCK: usize = 32;

/// Largest number in half a byte.
const MORE: u8 = 15;

/// Longest password, in code points, whose spaces, dots, dashes and signs are looked through and
/// whose pattern counts. A passphrase of several words is longer.
const SHORT: usize = 16;

/// Most signs that are looked through: more are no decoration.
const SIGNS: usize = 3;

/// Whether a guesser would try `password` early: it is listed, or a date, or a repetition or run,
/// or a Vietnamese habit.
///
/// Case, accents and widths make no difference; in a password of at most 16 code points, spaces,
/// dots and dashes do not either, nor up to three other signs.
pub fn is_common(password: &str) -> bool {
    let folded = fold::fold(password);
    if is_listed(&folded) {
        return true;
    }
    if password.chars().count() > SHORT {
        return false;
    }
    let key: String = folded.chars().filter(|c| !fold::is_gap(*c)).collect();
    let bare: String = key.chars().filter(|c| !c.is_ascii_punctuation()).collect();
    let decorated = key.len() - bare.len() <= SIGNS;
    is_listed(&key)
        || is_pattern(&key)
        || (decorated
            && (is_listed(&bare) || is_pattern(&bare) || is_date(&bare) || habits::is_habit(&bare)))
}

fn is_listed(key: &str) -> bool {
    contains(LIST, key).unwrap_or(false)
}

/// `abcabcabc`, `11111111`, `87654321`, `abcdefgh`: one to three characters again and again, or
/// neighbours in a row. Nothing at all counts as well.
fn is_pattern(key: &str) -> bool {
    let chars: Vec<u32> = key.chars().map(u32::from).collect();
    let repeats =
        (1..=3).any(|period| chars.iter().skip(period).zip(&chars).all(|(now, then)| now == then));
    // After 9 comes 0, on the keyboard and in counting.
    let follows = |a: u32, b: u32| a + 1 == b || (a == u32::from('9') && b == u32::from('0'));
    let rises = chars.windows(2).all(|pair| follows(pair[0], pair[1]));
    let falls = chars.windows(2).all(|pair| follows(pair[1], pair[0]));
    repeats || rises || falls
}

/// Eight digits that are a day between 1900 and 2099, day or year first: mostly a birthday.
fn is_date(key: &str) -> bool {
    let number = |range: std::ops::Range<usize>| {
        key.get(range).and_then(|digits| digits.parse::<u16>().ok()).unwrap_or(0)
    };
    let is_day = |year: u16, month: u16, day: u16| {
        let last = match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=last).contains(&day)
    };
    key.len() == 8
        && key.bytes().all(|b| b.is_ascii_digit())
        && (is_day(number(4..8), number(2..4), number(0..2))
            || is_day(number(0..4), number(4..6), number(6..8)))
}

/// Whether `list` holds `key`; nothing if the list is malformed.
fn contains(list: &[u8], key: &str) -> Option<bool> {
    let key = key.as_bytes();
    let (count, rest) = list.split_first_chunk()?;
    let count = usize::from(u16::from_le_bytes(*count));
    let (starts, data) = rest.split_at_checked(count * size_of::<u32>())?;
    let (starts, []) = starts.as_chunks() else { return None };
    let block = |start: &[u8; 4]| data.get(usize::try_from(u32::from_le_bytes(*start)).ok()?..);

    // The block to search is the last one whose first entry is not above the key.
    let mut entry = Vec::new();
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        next(&mut block(starts.get(middle)?)?, &mut entry)?;
        if entry.as_slice() <= key {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let Some(found) = low.checked_sub(1) else { return Some(false) };
    let mut data = block(starts.get(found)?)?;
    for _ in 0..BLOCK {
        if data.is_empty() {
            break;
        }
        next(&mut data, &mut entry)?;
        if entry.as_slice() >= key {
            return Some(entry == key);
        }
    }
    Some(false)
}

/// Reads the next entry of a block over the one before it.
fn next(data: &mut &[u8], entry: &mut Vec<u8>) -> Option<()> {
    let (head, mut rest) = data.split_first()?;
    let (shared, mut length) = (head >> 4, usize::from(head & MORE));
    if length == usize::from(MORE) {
        let (more, after) = rest.split_first()?;
        length += usize::from(*more);
        rest = after;
    }
    let (tail, rest) = rest.split_at_checked(length)?;
    entry.truncate(usize::from(shared));
    entry.extend_from_slice(tail);
    *data = rest;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static ENTRIES: LazyLock<Vec<String>> = LazyLock::new(|| list::entries().into_iter().collect());

    #[test]
    fn the_shipped_list_is_what_the_sources_make() {
        assert!(LIST == list::encode(&list::entries()), "run the example `common_passwords`");
    }

    #[test]
    fn the_list_is_as_long_as_promised() {
        let long = list::entries().iter().filter(|entry| entry.len() >= 8).count();
        assert!(long >= 10_000, "{long} entries");
    }

    #[test]
    fn every_entry_is_found_and_its_neighbours_are_not() {
        let entries = list::entries();
        for entry in &entries {
            assert_eq!(contains(LIST, entry), Some(true), "{entry}");
            for neighbour in [format!("{entry}\0"), format!("{entry}~"), format!("\0{entry}")] {
                assert_eq!(contains(LIST, &neighbour), Some(false), "{neighbour:?}");
            }
            let shorter = &entry[..entry.len() - 1];
            assert_eq!(contains(LIST, shorter), Some(entries.contains(shorter)), "{shorter}");
        }
    }

    #[test]
    fn the_passwords_people_choose_most_are_refused() {
        for password in [
            "12345678",
            "123456789",
            "1234567890",
            "password",
            "Password1",
            "P@ssw0rd",
            "qwertyuiop",
            "1q2w3e4r",
            "iloveyou",
            "11111111",
            "abcd1234",
            "letmein1",
            "1qaz2wsx",
            "football",
            "00000000",
            "87654321",
            "zaq12wsx",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn the_passwords_of_vietnamese_habit_are_refused() {
        for password in [
            "matkhau123",
            "Matkhau@123",
            "mật khẩu 123",
            "anhyeuem",
            "Anh yêu em",
            "emyeuanh123",
            "anhyeuem1314",
            "12345678a",
            "a12345678",
            "Aa123456",
            "Aa@123456",
            "Abc@1234",
            "123456aA@",
            "1234567a@",
            "vietnam123",
            "VietNam@2024",
            "hanoi2025",
            "gia đình 123",
            "conyeucuame",
            "huong1990",
            "Nguyen1985",
            "tuananh123",
            "ngocanh2005",
            "minhanh@123",
            "asdfghjkl",
            "qwer1234",
            "1qaz@WSX",
            "68686868",
            "baohiemxahoi",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn dates_and_simple_patterns_are_refused() {
        for password in [
            "01021990",
            "19900201",
            "29022000",
            "01/02/1990",
            "1-2-3-4-5-6-7-8",
            "abcdefghi",
            "ihgfedcba",
            "7890123456",
            "zzzzzzzzzz",
            "anhanhanhanh",
            "ắắắắắắắắ",
            "--------",
            "88888888!",
        ] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn uncommon_passwords_are_accepted() {
        for password in [
            "32131990",
            "00021990",
            "31041990",
            "khế chua lá",
            "con mèo trèo cây cau",
            "k7#qz!wp",
            "73920461857",
            "луна над рекой",
            "密码很长很安全吧",
            "mật khẩu của bà ngoại là gì nhỉ",
            "anh yêu em như ngày đầu tiên",
            "mật khẩu mới 2026",
            "trust no one at all",
            "17 con vịt giời",
        ] {
            assert!(!is_common(password), "{password}");
        }
        assert!(!is_common(&"a".repeat(17)));
    }

    #[test]
    fn a_list_that_is_cut_short_is_noticed_not_misread() {
        for end in [0, 1, 2, 100, LIST.len() / 2] {
            assert_ne!(contains(&LIST[..end], "zzzzzzzz1"), Some(true));
        }
    }

    proptest! {
        #[test]
        fn case_and_separators_make_no_difference(
            index in any::<prop::sample::Index>(),
            upper in any::<u32>(),
            gap in prop::sample::select(vec![' ', '-', '.', '_', '\u{A0}', '\u{200B}']),
            at in 0_usize..8,
        ) {
            let entry = index.get(&ENTRIES);
            let mut typed: String = (0..).zip(entry.chars()).map(|(i, c)| {
                if upper >> (i % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c }
            }).collect();
            prop_assert!(is_common(&typed), "{}", typed);
            if typed.len() < SHORT && !typed.contains(['-', '.', '_', ' ', '/']) {
                typed.insert(at, gap);
                prop_assert!(is_common(&typed), "{}", typed);
            }
        }

        #[test]
        fn any_list_holds_its_entries_and_nothing_else(
            entries in prop::collection::btree_set("[a-c]{1,40}", 0..200),
            other in "[a-c]{1,6}",
        ) {
            let encoded = list::encode(&entries);
            for entry in &entries {
                prop_assert_eq!(contains(&encoded, entry), Some(true));
            }
            prop_assert_eq!(contains(&encoded, &other), Some(entries.contains(&other)));
        }

        #[test]
        fn reading_junk_as_a_list_never_panics(junk in prop::collection::vec(any::<u8>(), 0..200), key in "[a-z]{8}") {
            let _ = contains(&junk, &key);
        }
    }
}
