//! The quick score: from all names that share a word with the query to the few worth scoring in
//! full.

use crate::names::narrow;
use crate::search::matching::EXACT;
use crate::search::rank::Ranker;

/// How many of the best by the quick score are scored in full.
const KEPT: usize = 128;
/// Costs from here on are all the same.
const WORST: usize = 511;

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
        // Words that no province or district says are missing wherever the name lacks them.
        let around = self.regions.iter().fold(0, |set, region| set | region.said);
        let nowhere = all & !around;
        let mut sieve =
            Sieve { count: [0; WORST + 1], below: 0, bar: WORST, kept: Vec::with_capacity(1024) };
        for (entry, bits) in self.said().into_iter().enumerate() {
            if bits == 0 {
                continue;
            }
            let mut own = narrow((bits & 0xFFFF) as usize);
            if own & repeated != 0 && !self.repeats_a_word(entry) {
                own &= !repeated;
            }
            let words = self.d.names.get(entry).len() - self.d.generic_words(entry);
            let unsaid = narrow(words.saturating_sub(own.count_ones() as usize).min(3));
            let certain =
                narrow((bits >> 16) as usize) + unsaid * self.unsaid_cost() + self.kind_cost(entry);
            if !sieve.passes(certain) {
                continue;
            }
            let open = all & !own & !self.generic(entry);
            if !sieve.passes(certain + self.missing_cost(open & nowhere)) {
                continue;
            }
            let (found, _, around) = self.surroundings(entry, open);
            sieve.put(certain + around + self.missing_cost(open & !found), narrow(entry));
        }
        sieve.finish()
    }

    /// For every entry, in the low half the query words found in its name, in the high half what
    /// they cost.
    fn said(&self) -> Vec<u32> {
        let d = self.d;
        let mut said = vec![0u32; d.names.len()];
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
                        *slot |= 1 << t;
                        *slot += u32::from(*cost) << 16;
                    }
                }
            }
        }
        said
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
