//! The quick score: from all names that share a word with the query to the few worth scoring in
//! full.

use crate::names::{narrow, sort};
use crate::search::matching::{EXACT, NONE};
use crate::search::rank::Ranker;

/// How many of the best by the quick score are scored in full.
const KEPT: usize = 128;
/// Costs from here on are all the same.
const WORST: usize = 511;
/// What costs this much more than the best so far cannot come near it in the full score, which
/// adds at most this to the rough one for anything that belongs into the first rows.
const SLACK: usize = 40;

/// Keeps what may belong to the best [`KEPT`]; the bar sinks as better entries come.
struct Sieve {
    count: [u16; WORST + 1],
    /// How many have come that cost less than `bar`.
    below: usize,
    bar: usize,
    kept: Vec<(u16, u16)>,
}

impl Sieve {
    fn passes(&self, cost: u16) -> bool {
        usize::from(cost) <= self.bar
    }

    fn put(&mut self, cost: u16, entry: u16) {
        let at = usize::from(cost).min(WORST);
        if at > self.bar {
            return;
        }
        if let Some(n) = self.count.get_mut(at) {
            *n = n.saturating_add(1);
        }
        self.kept.push((cost, entry));
        self.below += usize::from(at < self.bar);
        if at + SLACK < self.bar {
            self.bar = at + SLACK;
            let cheaper = self.count.iter().take(self.bar);
            self.below = cheaper.map(|n| usize::from(*n)).sum();
        }
        while self.below >= KEPT && self.bar > 0 {
            self.bar -= 1;
            self.below -= self.count.get(self.bar).map_or(0, |n| usize::from(*n));
        }
    }

    /// The best, at most [`KEPT`]; those at the bar in the order they came.
    fn finish(self) -> Vec<u16> {
        let mut out = Vec::with_capacity(KEPT);
        for at_bar in [false, true] {
            for (cost, entry) in &self.kept {
                let at = usize::from(*cost).min(WORST);
                let wanted = if at_bar { at == self.bar } else { at < self.bar };
                if wanted && out.len() < KEPT {
                    out.push(*entry);
                }
            }
        }
        out
    }
}

impl Ranker<'_, '_> {
    /// Entries whose names share words with the query, cut to the best by a rough score.
    pub(crate) fn candidates(&self) -> Vec<u16> {
        let all = self.all();
        let repeated = self.repeated_tokens();
        let provinces = self.said_by_province();
        let (said, touched) = self.said();
        let mut sieve =
            Sieve { count: [0; WORST + 1], below: 0, bar: WORST, kept: Vec::with_capacity(1024) };
        // Names that say more than one word first: they lower the bar for the many others.
        for many in [true, false] {
            for entry in touched.iter().map(|e| (e & 0xFFFF) as usize) {
                let bits = said.get(entry).copied().unwrap_or(0);
                if ((bits & 0xFFFF).count_ones() > 1) != many {
                    continue;
                }
                let mut own = narrow((bits & 0xFFFF) as usize);
                if own & repeated != 0 && !self.repeats_a_word(entry) {
                    own &= !repeated;
                }
                let words =
                    self.d.names.get(entry).len().saturating_sub(self.d.generic_words(entry));
                let unsaid = narrow(words.saturating_sub(own.count_ones() as usize).min(3));
                let certain = narrow((bits >> 16) as usize)
                    + unsaid * self.unsaid_cost()
                    + self.kind_cost(entry);
                if !sieve.passes(certain) {
                    continue;
                }
                // What nothing in its province says is missing for certain.
                let open = all & !own & !self.generic(entry);
                let here = provinces.get(self.province(entry)).copied().unwrap_or(all);
                if !sieve.passes(certain + self.missing_cost(open & !here)) {
                    continue;
                }
                let (found, _, around) = self.surroundings(entry, open);
                sieve.put(certain + around + self.missing_cost(open & !found), narrow(entry));
            }
        }
        sieve.finish()
    }

    /// For each province since July 2025 the query words that it, an old province in it or one of
    /// their districts says.
    fn said_by_province(&self) -> Vec<u16> {
        let mut out = vec![0u16; self.d.provinces.len()];
        for (entry, region) in self.regions.iter().enumerate().filter(|(_, r)| r.said != 0) {
            if let Some(slot) = out.get_mut(self.province(entry)) {
                *slot |= region.said;
            }
        }
        out
    }

    /// The province since July 2025 that an entry lies in.
    fn province(&self, entry: usize) -> usize {
        let (d, b, entry) = (self.d, &self.d.bases, self.target(entry));
        let now = |old: usize| d.old_provinces.get(old).map_or(0, |row| row.now.index());
        let of_district =
            |district: usize| d.districts.get(district).map_or(0, |row| now(row.province.index()));
        if entry < b.old_provinces {
            entry
        } else if entry < b.districts {
            now(entry - b.old_provinces)
        } else if entry < b.wards {
            of_district(entry - b.districts)
        } else if entry < b.old_wards {
            d.wards.get(entry - b.wards).map_or(0, |row| row.province.index())
        } else if entry < b.offices {
            d.old_wards.get(entry - b.old_wards).map_or(0, |row| of_district(row.district.index()))
        } else {
            d.offices.get(entry - b.offices).map_or(0, |row| row.province.index())
        }
    }

    /// For every entry, in the low half the query words found in its name, in the high half what
    /// they cost; and the entries where there are any, in the order of the data.
    fn said(&self) -> (Vec<u32>, Vec<u64>) {
        let d = self.d;
        let mut said = vec![0u32; d.names.len()];
        let mut touched = Vec::with_capacity(4096);
        for (t, list) in self.matches.lists.iter().enumerate() {
            let strict = self.query.tokens.get(t).is_some_and(|k| k.is_number() && k.bound != 0);
            for (cost, folded) in list {
                for entry in d.postings.get(*folded) {
                    let at = usize::from(*entry);
                    let Some(slot) = said.get_mut(at) else { continue };
                    // Abbreviations count whole or not at all.
                    let short = at >= d.bases.aliases && d.names.get(at).len() == 1;
                    let free = *slot >> t & 1 == 0 && !(short && *cost > EXACT);
                    if free && (!strict || self.may_name(t, self.level(at))) {
                        if *slot == 0 {
                            touched.push(u64::from(*entry));
                        }
                        *slot |= 1 << t;
                        *slot += u32::from(*cost) << 16;
                    }
                }
            }
        }
        let passive: Vec<usize> =
            (0..self.query.tokens.len()).filter(|t| self.matches.passive >> t & 1 == 1).collect();
        for entry in touched.iter().filter(|_| !passive.is_empty()) {
            let at = (entry & 0xFFFF) as usize;
            let words = d.names.get(at).get(d.generic_words(at)..).unwrap_or_default();
            for t in &passive {
                let costs = words.iter().map(|w| self.matches.cost(*t, d.words.folded_of(*w)));
                let cost = costs.min().unwrap_or(NONE);
                if let Some(slot) = said.get_mut(at).filter(|s| **s >> t & 1 == 0 && cost != NONE) {
                    *slot |= 1 << t;
                    *slot += u32::from(cost) << 16;
                }
            }
        }
        sort(&mut touched);
        (said, touched)
    }

    /// Query words that stand in the query before: one word of a name answers only one of them.
    fn repeated_tokens(&self) -> u16 {
        let tokens = &self.query.tokens;
        let again = |t: usize| {
            let text = tokens.get(t).map(|v| &v.text);
            tokens.iter().take(t).any(|u| Some(&u.text) == text)
        };
        (0..tokens.len()).fold(0, |set, t| set | u16::from(again(t)) << t)
    }

    fn repeats_a_word(&self, entry: usize) -> bool {
        let name = self.d.names.get(entry);
        let same = |a: &u16, b: &u16| self.d.words.folded_of(*a) == self.d.words.folded_of(*b);
        name.iter().enumerate().any(|(i, w)| name.iter().take(i).any(|v| same(w, v)))
    }
}
