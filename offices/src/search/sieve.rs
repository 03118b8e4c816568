//! The quick score: from all names that share a word with the query to the few worth scoring in
//! full.

use crate::names::narrow;
use crate::search::matching::{EXACT, NONE};
use crate::search::rank::{Ranker, bits};

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
        let by_district = self.said_by_district();
        let (said, touched) = self.said();
        let mut sieve =
            Sieve { count: [0; WORST + 1], below: 0, bar: WORST, kept: Vec::with_capacity(1024) };
        // Old wards of one district have the same surroundings, and stand together.
        let (mut last, mut answer) = ((0, 0), (0, 0));
        // Names that say more than one word first: they lower the bar for the many others.
        for many in [true, false] {
            for entry in touched.iter().map(|e| usize::from(*e)) {
                let bits = said.get(entry).copied().unwrap_or(0);
                let mut own = narrow((bits & 0xFFFF) as usize);
                if (own & own.wrapping_sub(1) != 0) != many {
                    continue;
                }
                if own & repeated != 0 && !self.repeats_a_word(entry) {
                    own &= !repeated;
                }
                let words =
                    self.d.names.get(entry).len().saturating_sub(self.d.generic_words(entry));
                let unsaid = narrow(words.saturating_sub(own.count_ones() as usize).min(3));
                let certain = narrow((bits >> 16) as usize) + unsaid * self.unsaid_cost();
                let certain = certain + self.kind_cost(entry, certain == 0);
                if !sieve.passes(certain) {
                    continue;
                }
                // What nothing around it says is missing for certain.
                let open = all & !own & !self.generic(entry);
                let (district, here) = self.nearby(entry, &by_district);
                if !sieve.passes(certain + self.missing_cost(open & !here)) {
                    continue;
                }
                if district == 0 || last != (district, open) {
                    let (found, _, around) = self.surroundings(entry, open);
                    (last, answer) = ((district, open), (found, around));
                }
                let (found, around) = answer;
                sieve.put(certain + around + self.missing_cost(open & !found), narrow(entry));
            }
        }
        sieve.finish()
    }

    /// For each old district the query words that it and its provinces say.
    fn said_by_district(&self) -> Vec<u16> {
        let (d, b) = (self.d, &self.d.bases);
        let said = |entry: usize| self.regions.get(entry).map_or(0, |region| region.said);
        let districts = d.districts.iter().enumerate().map(|(i, row)| {
            let old = row.province.index();
            let now = d.old_provinces.get(old).map_or(0, |row| row.now.index());
            said(b.districts + i) | said(b.old_provinces + old) | said(now)
        });
        districts.collect()
    }

    /// For a ward the query words that what lies around it may say; for all else every word. For
    /// an old ward its district before that, plus 1.
    fn nearby(&self, entry: usize, by_district: &[u16]) -> (u16, u16) {
        let (d, b) = (self.d, &self.d.bases);
        let said = |district: u16| by_district.get(usize::from(district)).copied().unwrap_or(0);
        let target = self.target(entry);
        if target < b.wards || target >= b.offices {
            (0, u16::MAX)
        } else if target < b.old_wards {
            let districts = d.ward_districts.get(target - b.wards);
            (0, districts.iter().fold(0, |set, district| set | said(*district)))
        } else {
            let district = d.old_wards.get(target - b.old_wards).map_or(0, |row| row.district.0);
            (district + 1, said(district))
        }
    }

    /// For every entry, in the low half the query words found in its name, in the high half what
    /// they cost; and the entries where there are any, in the order of the data.
    fn said(&self) -> (Vec<u32>, Vec<u16>) {
        let d = self.d;
        let mut said = vec![0u32; d.names.len()];
        // A bit for each entry: sixteen at a time they come back in order.
        let mut touched = vec![0u16; d.names.len().div_ceil(16)];
        for (t, list) in self.matches.lists.iter().enumerate() {
            let strict = self.query.tokens.get(t).is_some_and(|k| k.is_number() && k.bound != 0);
            let may_name = |at| self.may_name(self.level(at)) >> t & 1 == 1;
            for (cost, folded) in list {
                for entry in d.postings.get(*folded) {
                    let at = usize::from(*entry);
                    let Some(slot) = said.get_mut(at) else { continue };
                    // Abbreviations count whole or not at all.
                    let short = at >= d.bases.aliases && d.names.get(at).len() == 1;
                    let free = *slot >> t & 1 == 0 && !(short && *cost > EXACT);
                    if free && (!strict || may_name(at)) {
                        if let Some(sixteen) = touched.get_mut(at / 16) {
                            *sixteen |= 1 << (at % 16);
                        }
                        *slot |= 1 << t;
                        *slot += u32::from(*cost) << 16;
                    }
                }
            }
        }
        let mut entries = Vec::with_capacity(4096);
        for (i, set) in touched.into_iter().enumerate().filter(|(_, set)| *set != 0) {
            for at in bits(set) {
                entries.push(narrow(i * 16 + at));
            }
        }
        let passive = self.matches.passive;
        for entry in entries.iter().filter(|_| passive != 0) {
            let at = usize::from(*entry);
            let words = d.names.get(at).get(d.generic_words(at)..).unwrap_or_default();
            let meant = |w: &u16| self.matches.meant(d.words.folded_of(*w)).by;
            for t in bits(passive & words.iter().fold(0, |set, w| set | meant(w))) {
                let costs = words.iter().map(|w| self.matches.cost(t, d.words.folded_of(*w)));
                let cost = costs.min().unwrap_or(NONE);
                if let Some(slot) = said.get_mut(at).filter(|s| **s >> t & 1 == 0 && cost != NONE) {
                    *slot |= 1 << t;
                    *slot += u32::from(cost) << 16;
                }
            }
        }
        (said, entries)
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
