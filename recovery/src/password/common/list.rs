//! Makes the list of common passwords from its sources.

use std::collections::BTreeSet;

use super::{BLOCK, MORE, SHORT, habits, is_date, is_pattern};
use crate::password::{MIN_LENGTH, fold};

/// Passwords of 8 characters and more, as published:
/// - `zxcvbn-ts.txt` from `@zxcvbn-ts/language-common` 4.1.3, MIT;
/// - `django.txt` from Django 5.2.19 (by Royce Williams, after Have I Been Pwned), BSD.
///
/// With each the number taken from its start, which has the most frequent ones: after those
/// `zxcvbn-ts.txt` has what one person used once (`ka12rm12`), and the Worker pays 3 bytes for each.
const SOURCES: [(&str, usize); 2] = [
    (include_str!("../../../data/passwords/zxcvbn-ts.txt"), 12_000),
    (include_str!("../../../data/passwords/django.txt"), usize::MAX),
];

/// Rows and columns of a keyboard, as fingers walk along them.
const WALKS: [&str; 14] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1qazxsw23edcvfr45tgbnhy6",
    "zaq12wsxcde34rfvbgt56yhn",
    "qazwsxedcrfvtgbyhnujm",
    "qweasdzxcrtyfghvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1s2d3f4g5h6j7k8l9",
    "a1b2c3d4e5f6g7h8i9",
];

/// Four keys side by side, of which two groups make a password.
const GROUPS: [&str; 10] =
    ["1234", "4321", "qwer", "asdf", "zxcv", "wasd", "1qaz", "2wsx", "!qaz", "@wsx"];

/// Every entry in the form it is looked up by: folded. What the rules beside the list find (dates,
/// repetitions, habits) is none.
pub fn entries() -> BTreeSet<String> {
    let published = SOURCES.iter().flat_map(|(source, taken)| source.lines().take(*taken));
    let published = published.map(str::to_owned);
    published
        .chain(walks())
        .filter(|password| password.chars().count() >= MIN_LENGTH)
        .map(|password| fold::fold(&password))
        .filter(|entry| entry.is_ascii() && !is_found_by_rule(entry))
        .collect()
}

/// Whether [`super::is_common`] knows `entry` without the list, however it is decorated: only what
/// has neither gaps nor signs of its own.
fn is_found_by_rule(entry: &str) -> bool {
    entry.len() <= SHORT
        && entry.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (is_pattern(entry) || is_date(entry) || habits::is_habit(entry))
}

/// The walks from their start, forth and back, and the groups in pairs.
fn walks() -> impl Iterator<Item = String> {
    let long = WALKS.into_iter().flat_map(|walk| {
        let back: String = walk.chars().rev().collect();
        (MIN_LENGTH..=walk.len())
            .flat_map(|end| [walk[..end].to_owned(), back[..end].to_owned()])
            .collect::<Vec<_>>()
    });
    long.chain(GROUPS.iter().flat_map(|a| GROUPS.iter().map(move |b| format!("{a}{b}"))))
}

/// The file of these entries; the form is described at its reader.
pub fn encode(entries: &BTreeSet<String>) -> Vec<u8> {
    let (mut starts, mut data) = (Vec::new(), Vec::new());
    let mut before: &[u8] = &[];
    for (i, entry) in entries.iter().map(String::as_bytes).enumerate() {
        if i % BLOCK == 0 {
            starts.push(u32::try_from(data.len()).unwrap_or(u32::MAX));
            before = &[];
        }
        let shared = before.iter().zip(entry).take_while(|(a, b)| a == b).count();
        let shared = half(shared);
        let tail = &entry[usize::from(shared)..];
        let short = half(tail.len());
        data.push(shared << 4 | short);
        if short == MORE {
            data.push(u8::try_from(tail.len() - usize::from(MORE)).unwrap_or(u8::MAX));
        }
        data.extend_from_slice(tail);
        before = entry;
    }
    let mut file = u16::try_from(starts.len()).unwrap_or(u16::MAX).to_le_bytes().to_vec();
    file.extend(starts.iter().flat_map(|start| start.to_le_bytes()));
    file.extend(data);
    file
}

/// The number, or the largest that half a byte holds.
fn half(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(MORE).min(MORE)
}
