//! Which words of the dictionary each word of the query may mean, and at what cost.

use std::ops::Range;

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
    /// For each folded word the query words that may mean it.
    meant: Vec<Meant>,
    /// For each query word the folded words it may mean, cheapest first.
    pub(crate) lists: Vec<Vec<(u8, u16)>>,
    /// Query words that begin so many words that those are not listed: `t` alone must not bring up
    /// thousands of names when other words say more.
    pub(crate) passive: u16,
}

/// Query words, a bit each.
#[derive(Clone, Copy, Default)]
pub(crate) struct Meant {
    /// Those that may mean a folded word.
    pub(crate) by: u16,
    /// Those of them that mean it exactly.
    pub(crate) exactly: u16,
}

/// What one query word costs against each folded word, while that is found out.
struct Row<'r> {
    cost: &'r mut [u8],
    /// Folded words that have a cost.
    found: Vec<u16>,
}

impl Row<'_> {
    fn offer(&mut self, id: u16, price: u8) {
        if let Some(slot) = self.cost.get_mut(usize::from(id)).filter(|s| **s > price) {
            if *slot == NONE {
                self.found.push(id);
            }
            *slot = price;
        }
    }

    fn price(&self, id: u16) -> u8 {
        self.cost.get(usize::from(id)).copied().unwrap_or(NONE)
    }

    /// The words with a cost, cheapest first.
    fn listed(&self) -> Vec<(u8, u16)> {
        let key = |id: &u16| u64::from(self.price(*id)) << 16 | u64::from(*id);
        let mut keys: Vec<u64> = self.found.iter().map(key).collect();
        sort(&mut keys);
        let id = |key: &u64| narrow((key & 0xFFFF) as usize);
        keys.iter().map(|key| (self.price(id(key)), id(key))).collect()
    }
}

impl Matches {
    /// With `wide`, typing mistakes and words cut short count as well.
    pub(crate) fn of(query: &Query, words: &Words<'_>, wide: bool) -> Self {
        let width = words.folded_len();
        let last = query.tokens.len().saturating_sub(1);
        let mut cost = vec![NONE; width * query.tokens.len()];
        let mut meant = vec![Meant::default(); width];
        let mut lists = Vec::with_capacity(query.tokens.len());
        let mut passive = 0u16;
        for (cost, (i, token)) in cost.chunks_mut(width.max(1)).zip(query.tokens.iter().enumerate())
        {
            let mut row = Row { cost, found: Vec::new() };
            offer_exact(token, words, &mut row);
            if wide && token.marker.is_none() {
                offer_similar(token, words, &mut row);
            }
            let beginnings = match () {
                () if i == last => Some(if query.closed { BEGUN + 6 } else { BEGUN }),
                () if wide && !token.is_number() => Some(CUT),
                () => None,
            };
            let mut list = None;
            if let Some(price) = beginnings {
                let begun = words.starting_with(&token.text);
                if begun.len() > MANY && has_others(query, i) {
                    list = Some(row.listed());
                    passive |= 1 << i;
                }
                offer_beginnings(token, begun, words, price, &mut row);
            }
            lists.push(list.unwrap_or_else(|| row.listed()));
            for id in &row.found {
                if let Some(slot) = meant.get_mut(usize::from(*id)) {
                    slot.by |= 1 << i;
                    slot.exactly |= u16::from(row.price(*id) <= EXACT) << i;
                }
            }
        }
        Self { width, cost, meant, lists, passive }
    }

    pub(crate) fn cost(&self, token: usize, folded: u16) -> u8 {
        self.cost.get(token * self.width + usize::from(folded)).copied().unwrap_or(NONE)
    }

    /// The query words that may mean `folded`.
    pub(crate) fn meant(&self, folded: u16) -> Meant {
        self.meant.get(usize::from(folded)).copied().unwrap_or_default()
    }
}

/// Another word of the query than the `i`-th may name something.
fn has_others(query: &Query, i: usize) -> bool {
    query.tokens.iter().enumerate().any(|(k, t)| k != i && t.marker.is_none() && t.missing > 4)
}

fn offer_exact(token: &Token, words: &Words<'_>, row: &mut Row<'_>) {
    let extra = if token.guessed { SOUND } else { 0 };
    if let Some(id) = words.find(&token.text) {
        row.offer(id, extra);
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
            row.offer(id, SOUND);
        }
    }
}

fn offer_beginnings(
    token: &Token,
    begun: Range<u16>,
    words: &Words<'_>,
    price: u8,
    row: &mut Row<'_>,
) {
    for id in begun {
        let longer = words.folded(id).len() - token.text.len();
        if longer > 0 {
            row.offer(id, price.saturating_add(u8::try_from(longer.min(3)).unwrap_or(3)));
        }
    }
}

/// Words within one edit (from two letters on) or two (from five on).
fn offer_similar(token: &Token, words: &Words<'_>, row: &mut Row<'_>) {
    let length = token.text.len();
    if length < 2 || token.is_number() {
        return;
    }
    let most = if length < 5 { 1 } else { 2 };
    let letters = letter_set(&token.text);
    for (id, other) in words.letters() {
        if (other ^ letters).count_ones() as usize > 2 * most {
            continue;
        }
        let word = words.folded(id);
        if word.len().abs_diff(length) > most || word.first().is_none_or(u8::is_ascii_digit) {
            continue;
        }
        let edits = distance(&token.text, word, most);
        let same_head = word.first() == token.text.first();
        // Two letters say too little for more than a missing one.
        if edits == 0 || edits > most || (length == 2 && !(same_head && word.len() == 3)) {
            continue;
        }
        let swapped = edits == 1 && word.len() == length && other == letters;
        let price = match edits {
            1 if swapped => SWAPPED,
            1 => ONE_EDIT,
            _ => TWO_EDITS,
        };
        row.offer(id, price + if same_head { 0 } else { 4 });
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
