//! Search on every keystroke: names of offices, provinces, districts and wards, old and new.
//!
//! A query is read into words ([`query`]), each word is matched against the some thousand folded
//! words that all names are made of ([`matching`]), entries that share words are scored
//! ([`rank`]), and homonyms, divided wards and names older than the data become rows that say what
//! to ask next ([`hits`]).

mod hits;
mod keyboard;
mod matching;
mod query;
mod rank;
mod region;
mod sieve;

pub use hits::{Answer, Hit, Results, Subject};

use crate::directory::{Directory, Lists};
use crate::names::narrow;

/// For each folded word the entries whose names contain it.
#[derive(Default)]
pub(crate) struct Postings(Lists);

impl Postings {
    pub(crate) fn build(d: &Directory<'_>) -> Self {
        let pairs = (0..d.names.len()).flat_map(|entry| {
            let hidden = d.is_hidden(entry);
            let skip = if hidden { usize::MAX } else { d.generic_words(entry) };
            let words = d.names.get(entry).get(skip..).unwrap_or_default();
            words.iter().map(move |w| (d.words.folded_of(*w), narrow(entry)))
        });
        Self(Lists::collect(d.words.folded_len(), pairs))
    }

    pub(crate) fn get(&self, folded: u16) -> &[u16] {
        self.0.get(usize::from(folded))
    }
}

impl Directory<'_> {
    /// Words at the beginning of an entry's name that say nothing about the place.
    pub(crate) fn generic_words(&self, entry: usize) -> usize {
        let Some(i) = entry.checked_sub(self.bases.offices) else { return 0 };
        if let Some(office) = self.offices.get(i) {
            return usize::from(office.generic_words);
        }
        // Former names of offices begin with the kind of unit: `quận Gò Vấp`.
        let target = self.alias_of.get(entry.wrapping_sub(self.bases.aliases));
        if target.is_none_or(|t| usize::from(*t) < self.bases.offices) {
            return 0;
        }
        let word = |n: usize| {
            let word = self.names.get(entry).get(n);
            word.map_or(&[][..], |w| self.words.folded(self.words.folded_of(*w)))
        };
        match (word(0), word(1)) {
            (b"quan" | b"huyen", _) => 1,
            (b"thi", b"xa") | (b"thanh", b"pho") => 2,
            _ => 0,
        }
    }

    /// An old province whose name lives on is found as the new one.
    pub(crate) fn is_hidden(&self, entry: usize) -> bool {
        let old = entry.checked_sub(self.bases.old_provinces);
        old.and_then(|i| self.old_provinces.get(i)).is_some_and(|row| {
            self.same_name(self.names.get(entry), self.names.get(row.now.index()))
        })
    }

    /// Two names that fold to the same words.
    pub(crate) fn same_name(&self, a: &[u16], b: &[u16]) -> bool {
        let folded = |w: &u16| self.words.folded_of(*w);
        a.iter().map(folded).eq(b.iter().map(folded))
    }

    /// `first` stands directly before `second` in some name.
    pub(crate) fn are_neighbours(&self, first: u16, second: u16) -> bool {
        self.postings.get(first).iter().any(|entry| {
            self.names.get(usize::from(*entry)).windows(2).any(|pair| match pair {
                [a, b] => self.words.folded_of(*a) == first && self.words.folded_of(*b) == second,
                _ => false,
            })
        })
    }
}
