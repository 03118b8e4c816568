//! Which words of the dictionary each word of the query may mean, and at what cost.

use crate::names::{Words, letter_set, narrow, sort};
use crate::search::query::{Query, Token};

/// No match.
pub(crate) const NONE: u8 = u8::MAX;
/// Costs up to this are as good as exact.
pub(crate) const EXACT: u8 = 2;

const SOUND: u8 = 2;
const BEGUN: u8 = 3;
const CUT: u8 = 12;
/// More words than this are too many to begin with.
const MANY: usize = 24;
const SWAPPED: u8 = 12;
const ONE_EDIT: u8 = 14;
const TWO_EDITS: u8 = 26;

/// Costs of every query word against every folded word of the dictionary.
pub(crate) struct Matches {
    width: usize,
    cost: Vec<u8>,
    /// For each query word the folded words it may mean, cheapest first.
    pub(crate) lists: Vec<Vec<(u8, u16)>>,
    /// Query words that begin so many words that those are not listed: `t` alone must not bring up
    /// thousands of names when other words say more.
    pub(crate) passive: u16,
}

impl Matches {
    /// With `wide`, typing mistakes and words cut short count as well.
    pub(crate) fn of(query: &Query, words: &Words<'_>, wide: bool) -> Self {
        let width = words.folded_len();
        let last = query.tokens.len().saturating_sub(1);
        let mut cost = vec![NONE; width * query.tokens.len()];
        let mut lists = Vec::with_capacity(query.tokens.len());
        let mut passive = 0u16;
        for (row, (i, token)) in cost.chunks_mut(width.max(1)).zip(query.tokens.iter().enumerate())
        {
            let mut list = Vec::new();
            let mut offer = |id: u16, price: u8| {
                if let Some(slot) = row.get_mut(usize::from(id)).filter(|s| **s > price) {
                    *slot = price;
                }
            };
            offer_exact(token, words, &mut offer);
            if wide && token.marker.is_none() {
                offer_similar(token, words, &mut offer);
            }
            let beginnings = match () {
                () if i == last => Some(if query.closed { BEGUN + 6 } else { BEGUN }),
                () if wide && !token.is_number() => Some(CUT),
                () => None,
            };
            let many = words.starting_with(&token.text).len() > MANY;
            if let Some(price) = beginnings {
                if many && has_others(query, i) {
                    list = listed(row);
                    passive |= 1 << i;
                }
                offer_beginnings(token, words, price, &mut |id, price| {
                    if let Some(slot) = row.get_mut(usize::from(id)).filter(|s| **s > price) {
                        *slot = price;
                    }
                });
            }
            if passive >> i & 1 == 0 {
                list = listed(row);
            }
            lists.push(list);
        }
        Self { width, cost, lists, passive }
    }

    pub(crate) fn cost(&self, token: usize, folded: u16) -> u8 {
        self.cost.get(token * self.width + usize::from(folded)).copied().unwrap_or(NONE)
    }
}

/// The words with a cost, cheapest first.
fn listed(row: &[u8]) -> Vec<(u8, u16)> {
    let found = row.iter().enumerate().filter(|(_, price)| **price != NONE);
    let mut keys: Vec<u64> = found.map(|(id, price)| u64::from(*price) << 16 | id as u64).collect();
    sort(&mut keys);
    let pair =
        |key: u64| (narrow((key >> 16) as usize).to_le_bytes()[0], narrow((key & 0xFFFF) as usize));
    keys.into_iter().map(pair).collect()
}

/// Another word of the query than the `i`-th may name something.
fn has_others(query: &Query, i: usize) -> bool {
    query.tokens.iter().enumerate().any(|(k, t)| k != i && t.marker.is_none() && t.missing > 4)
}

fn offer_exact(token: &Token, words: &Words<'_>, offer: &mut dyn FnMut(u16, u8)) {
    let extra = if token.guessed { SOUND } else { 0 };
    if let Some(id) = words.find(&token.text) {
        offer(id, extra);
    }
    // Mỹ and Mĩ, Lý and Lí: the same word in two spellings.
    for (i, b) in token.text.iter().enumerate() {
        let other = match b {
            b'i' => b'y',
            b'y' => b'i',
            _ => continue,
        };
        let mut text = token.text.clone();
        if let Some(slot) = text.get_mut(i) {
            *slot = other;
        }
        if let Some(id) = words.find(&text) {
            offer(id, SOUND);
        }
    }
}

fn offer_beginnings(token: &Token, words: &Words<'_>, price: u8, offer: &mut dyn FnMut(u16, u8)) {
    for id in words.starting_with(&token.text) {
        let longer = words.folded(id).len() - token.text.len();
        if longer > 0 {
            offer(id, price.saturating_add(u8::try_from(longer.min(3)).unwrap_or(3)));
        }
    }
}

/// Words within one edit (from two letters on) or two (from five on).
fn offer_similar(token: &Token, words: &Words<'_>, offer: &mut dyn FnMut(u16, u8)) {
    let length = token.text.len();
    if length < 2 || token.is_number() {
        return;
    }
    let most = if length < 5 { 1 } else { 2 };
    let letters = letter_set(&token.text);
    for i in 0..words.folded_len() {
        let id = narrow(i);
        let word = words.folded(id);
        if word.len().abs_diff(length) > most
            || (words.letters(id) ^ letters).count_ones() as usize > 2 * most
            || word.first().is_none_or(u8::is_ascii_digit)
        {
            continue;
        }
        let edits = distance(&token.text, word, most);
        let same_head = word.first() == token.text.first();
        // Two letters say too little for more than a missing one.
        if edits == 0 || edits > most || (length == 2 && !(same_head && word.len() == 3)) {
            continue;
        }
        let swapped = edits == 1 && word.len() == length && words.letters(id) == letters;
        let price = match edits {
            1 if swapped => SWAPPED,
            1 => ONE_EDIT,
            _ => TWO_EDITS,
        };
        offer(id, price + if same_head { 0 } else { 4 });
    }
}

/// Edits (a letter too many, missing, wrong, or two swapped) from `a` to `b`, up to `most`; more
/// than `most` means only that.
pub(crate) fn distance(a: &[u8], b: &[u8], most: usize) -> usize {
    const WIDTH: usize = 32;
    if a.len() >= WIDTH || b.len() >= WIDTH {
        return most + 1;
    }
    let mut before = [0u8; WIDTH];
    let mut above = [0u8; WIDTH];
    let mut here = [0u8; WIDTH];
    for (j, slot) in above.iter_mut().enumerate() {
        *slot = u8::try_from(j).unwrap_or(u8::MAX);
    }
    for i in 1..=a.len() {
        here[0] = u8::try_from(i).unwrap_or(u8::MAX);
        let mut least = here[0];
        for j in 1..=b.len() {
            let change = u8::from(a[i - 1] != b[j - 1]);
            let mut edits = (above[j] + 1).min(here[j - 1] + 1).min(above[j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                edits = edits.min(before[j - 2] + 1);
            }
            here[j] = edits;
            least = least.min(edits);
        }
        if usize::from(least) > most {
            return most + 1;
        }
        (before, above, here) = (above, here, before);
    }
    usize::from(above[b.len()])
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn edits_are_counted_with_swaps_as_one() {
        for (a, b, n) in [
            ("binh", "binh", 0),
            ("bihn", "binh", 1),
            ("bin", "binh", 1),
            ("bnih", "binh", 1),
            ("nghe", "nge", 1),
            ("thuan", "tuna", 2),
            ("trung", "chung", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes(), 3), n, "{a} {b}");
        }
        assert_eq!(distance(b"abcdef", b"uvwxyz", 2), 3);
    }
}
