//! Paging that is stable: a cursor is a place in one list, made by one query from one state of
//! the data, and is refused with any other.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::input::Paging;
use crate::http::problem::Problem;

/// Where digests begin (FNV-1a, 64 bits).
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: tells lists apart, protects nothing.
fn digest(seed: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(seed, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A part of a list, and where the next one begins.
pub(super) struct Page<'a, T> {
    pub rows: &'a [T],
    pub next: Option<String>,
}

/// The page that was asked for; 422 on `cursor` for one that does not belong here.
pub(super) fn cut<'a, T>(
    list: &'a [T],
    paging: &Paging,
    data: u32,
) -> Result<Page<'a, T>, Problem> {
    let list_tag = digest(digest(SEED, &data.to_be_bytes()), paging.query.as_bytes());
    let start = match &paging.cursor {
        None => 0,
        Some(cursor) => place(cursor, list_tag)
            .filter(|start| *start < list.len())
            .ok_or_else(|| Problem::field("cursor", "not-valid"))?,
    };
    let end = list.len().min(start + paging.limit);
    let next = (end < list.len()).then(|| cursor(end, list_tag));
    Ok(Page { rows: list.get(start..end).unwrap_or_default(), next })
}

fn cursor(start: usize, list_tag: u64) -> String {
    let mut bytes = list_tag.to_be_bytes().to_vec();
    bytes.extend(u32::try_from(start).unwrap_or(u32::MAX).to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn place(cursor: &str, list_tag: u64) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (tag, start) = bytes.split_at_checked(8)?;
    let start: [u8; 4] = start.try_into().ok()?;
    (tag == list_tag.to_be_bytes()).then(|| usize::try_from(u32::from_be_bytes(start)).ok())?
}

/// Whether an `If-None-Match` names this entity tag, weakly or strongly.
pub(super) fn names_tag(list: &str, tag: &str) -> bool {
    let mut items = list.split(',').map(str::trim);
    items.any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(query: &str, cursor: Option<String>) -> Paging {
        Paging { limit: 7, cursor, query: query.to_owned() }
    }

    #[test]
    fn pages_laid_end_to_end_are_the_list() {
        let list: Vec<u32> = (0..50).collect();
        let (mut seen, mut next): (Vec<u32>, _) = (Vec::new(), None);
        loop {
            let page = cut(&list, &paging("q", next), 1).ok().unwrap();
            seen.extend(page.rows);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, list);
    }

    #[test]
    fn a_cursor_of_another_list_or_of_older_data_is_refused() {
        let list: Vec<u32> = (0..50).collect();
        let next = cut(&list, &paging("a", None), 1).ok().unwrap().next;
        assert!(cut(&list, &paging("a", next.clone()), 1).is_ok());
        assert!(cut(&list, &paging("b", next.clone()), 1).is_err());
        assert!(cut(&list, &paging("a", next), 2).is_err());
        for junk in ["x", "====", "AAAA", "AAAAAAAAAAAAAAAA", "tên", "AAAAAAAAAAAAAAAAAAAA"] {
            assert!(cut(&list, &paging("a", Some(junk.to_owned())), 1).is_err(), "{junk}");
        }
    }

    #[test]
    fn a_list_of_exactly_one_page_has_no_next() {
        assert_eq!(cut(&[0; 7], &paging("a", None), 1).ok().unwrap().next, None);
        assert_eq!(cut(&[0; 0], &paging("a", None), 1).ok().unwrap().next, None);
    }

    #[test]
    fn entity_tags_are_found_in_lists() {
        for list in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*", " \"b\",W/\"a\" "] {
            assert!(names_tag(list, "\"a\""), "{list}");
        }
        for list in ["", "a", "\"b\"", "\"a"] {
            assert!(!names_tag(list, "\"a\""), "{list}");
        }
    }
}
