//! Scoring entries against a query: costs, lower is better.

use crate::directory::Directory;
use crate::names::narrow;
use crate::search::matching::{EXACT, Matches, NONE};
use crate::search::query::{DISTRICT, Marker, OFFICE, PROVINCE, Query, WARD};
use crate::units::UnitKind;

/// A word of the name that the query does not mention; at most three are counted.
const UNSAID: u16 = 8;
/// The first word of the name is not mentioned.
const UNSAID_FIRST: u16 = 4;
/// A word found in the district or province instead of the name.
const ELSEWHERE: u16 = 1;
/// The same, but only begun or mistyped.
const ELSEWHERE_ROUGHLY: u16 = 12;
/// A word of a district or province that the query uses in part.
const UNSAID_ELSEWHERE: u16 = 6;
/// `phường` was said, the name is a district's.
const OTHER_LEVEL: u16 = 12;
/// The same for the surroundings of a place, where people leave words out.
const OTHER_LEVEL_AROUND: u16 = 4;
/// `quận` was said, the district is a huyện.
const OTHER_KIND: u16 = 3;
/// `thị xã` was said, the district had become a thành phố.
const OTHER_TOWN: u16 = 2;
/// A word of `thành phố` taken for a word of a name.
const OF_PHRASE: u16 = 5;
const OTHER_ORDER: u16 = 4;
const OTHER_ACCENTS: u16 = 2;
const NOT_AN_OFFICE: u16 = 8;
const BY_ALIAS: u16 = 1;
/// An old place known by the province that its own went into.
const BY_NEW_PROVINCE: u16 = 1;
/// A word of the name not mentioned while the first word is still being typed.
const UNSAID_YET: u16 = 3;

/// How many of the best by the quick score are scored in full.
const KEPT: usize = 128;

/// What a province or district contributes to the places inside it.
#[derive(Clone, Copy, Default)]
struct Region {
    /// Query words it mentions.
    said: u16,
    /// Those of them that it mentions exactly.
    exactly: u16,
    unsaid: u8,
}

/// Entries around a place, at most twelve, each with what it costs to know the place by it.
#[derive(Default)]
struct Around {
    list: [(u16, u16); 12],
    len: usize,
}

impl Around {
    fn add(&mut self, entry: usize, extra: u16) {
        let entry = narrow(entry);
        if self.list.iter().take(self.len).any(|(e, _)| *e == entry) {
            return;
        }
        if let Some(slot) = self.list.get_mut(self.len) {
            *slot = (entry, extra);
            self.len += 1;
        }
    }

    fn iter(&self) -> impl Iterator<Item = (usize, u16)> + '_ {
        self.list.iter().take(self.len).map(|(entry, extra)| (usize::from(*entry), *extra))
    }
}

/// An entry with its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ranked {
    pub(crate) cost: u16,
    /// Outside of the centrally run cities, where more people live: later among equals.
    pub(crate) rural: bool,
    pub(crate) entry: u16,
    /// Query words that were found nowhere.
    pub(crate) missing: u16,
    /// Query words found in the district.
    pub(crate) in_district: u16,
}

pub(crate) struct Ranker<'d, 'a> {
    pub(crate) d: &'d Directory<'a>,
    pub(crate) query: &'d Query,
    pub(crate) matches: Matches,
    regions: Vec<Region>,
    /// Query words that cost something when they are found nowhere.
    weighty: u16,
}

impl<'d, 'a> Ranker<'d, 'a> {
    pub(crate) fn new(d: &'d Directory<'a>, query: &'d Query, wide: bool) -> Self {
        let matches = Matches::of(query, &d.words, wide);
        let tokens = query.tokens.iter().enumerate();
        let weighty = tokens.filter(|(_, t)| t.missing > 0).fold(0, |set, (t, _)| set | 1 << t);
        let mut ranker = Self { d, query, matches, regions: Vec::new(), weighty };
        ranker.regions = (0..d.bases.wards).map(|entry| ranker.region(entry)).collect();
        for (i, target) in d.alias_of.iter().enumerate() {
            let other = ranker.region(d.bases.aliases + i);
            if let Some(region) = ranker.regions.get_mut(usize::from(*target)) {
                let better = (other.said.count_ones(), region.unsaid)
                    > (region.said.count_ones(), other.unsaid);
                if better {
                    *region = other;
                }
            }
        }
        // An old province whose name lives on is known by the same other names.
        for (old, row) in d.old_provinces.iter().enumerate() {
            let at = d.bases.old_provinces + old;
            if d.is_hidden(at) {
                let same = ranker.regions.get(row.now.index()).copied().unwrap_or_default();
                if let Some(region) = ranker.regions.get_mut(at) {
                    *region = same;
                }
            }
        }
        ranker
    }

    /// What the name of a province, district or alias shares with the query.
    fn region(&self, entry: usize) -> Region {
        let mut region = Region::default();
        let level = self.level(entry);
        for word in self.d.names.get(entry) {
            let folded = self.d.words.folded_of(*word);
            let mut here = 0;
            for t in 0..self.query.tokens.len() {
                let cost = self.matches.cost(t, folded);
                if cost != NONE && self.may_name(t, level) {
                    here |= 1 << t;
                    if cost <= EXACT {
                        region.exactly |= 1 << t;
                    }
                }
            }
            region.said |= here;
            region.unsaid += u8::from(here == 0 && !self.d.words.folded(folded).is_empty());
        }
        region
    }

    /// A number after `phường` names a ward and nothing else; after `quận`, a district.
    fn may_name(&self, token: usize, level: u8) -> bool {
        self.query.tokens.get(token).is_some_and(|t| {
            !t.is_number() || t.bound == 0 || t.bound & level != 0 || level == OFFICE
        })
    }

    /// The entry that an alias stands for; all others are themselves.
    pub(crate) fn target(&self, entry: usize) -> usize {
        let alias = entry.checked_sub(self.d.bases.aliases);
        alias.and_then(|i| self.d.alias_of.get(i)).map_or(entry, |t| usize::from(*t))
    }

    pub(crate) fn level(&self, entry: usize) -> u8 {
        let (b, entry) = (&self.d.bases, self.target(entry));
        match entry {
            _ if entry < b.districts => PROVINCE,
            _ if entry < b.wards => DISTRICT,
            _ if entry < b.offices => WARD,
            _ => OFFICE,
        }
    }

    /// Larger units first, then what is in force, then what is past.
    fn kind_cost(&self, entry: usize) -> u16 {
        let (b, target) = (&self.d.bases, self.target(entry));
        let base = match target {
            _ if target < b.old_provinces => 0,
            _ if target < b.districts => 1,
            _ if target < b.wards => 2,
            _ if target < b.old_wards => 3,
            _ => 4,
        };
        let office = target >= b.offices;
        let base = if office && self.query.wants_office { 0 } else { base };
        let base = if self.begun() { 2 * base } else { base };
        base + if entry >= b.aliases { BY_ALIAS } else { 0 }
            + if self.query.wants_office && !office { NOT_AN_OFFICE } else { 0 }
    }

    /// What the surroundings of an entry say about `open` query words. Gives the words found,
    /// those found in a district, and the cost.
    fn surroundings(&self, entry: usize, open: u16) -> (u16, u16, u16) {
        // Words for kinds need not be found anywhere.
        let open = open & self.weighty;
        let (mut found, mut in_district, mut cost) = (0u16, 0u16, 0u16);
        if open == 0 {
            return (0, 0, 0);
        }
        let around = self.around(self.target(entry));
        // Names that the query says in full go before those that it says in part.
        for whole in [true, false] {
            for (at, extra) in around.iter() {
                let Some(region) = self.regions.get(at) else { continue };
                let new = region.said & open & !found;
                if new == 0 || whole != (region.unsaid == 0) {
                    continue;
                }
                found |= new;
                cost += self.other_level(new, self.level(at));
                if at >= self.d.bases.districts {
                    in_district |= new;
                }
                let exact = narrow((new & region.exactly).count_ones() as usize);
                let rough = narrow(new.count_ones() as usize) - exact;
                cost += ELSEWHERE * exact
                    + ELSEWHERE_ROUGHLY * rough
                    + UNSAID_ELSEWHERE * u16::from(region.unsaid)
                    + extra;
            }
        }
        (found, in_district, cost)
    }

    /// What it costs that words said to name another level name this one: `phường Sài Gòn` is not
    /// the city.
    fn other_level(&self, said: u16, level: u8) -> u16 {
        let tokens = self.query.tokens.iter().enumerate().filter(|(t, _)| said >> t & 1 == 1);
        let other = tokens.filter(|(_, k)| k.bound != 0 && k.bound & level == 0).count();
        narrow(other) * OTHER_LEVEL_AROUND
    }

    /// The districts and provinces that an entry lies in, old ones first.
    fn around(&self, target: usize) -> Around {
        let (d, b) = (self.d, &self.d.bases);
        let mut out = Around::default();
        let old_province = |district: u16| {
            d.districts.get(usize::from(district)).map_or(0, |row| row.province.index())
        };
        let now = |old: usize| d.old_provinces.get(old).map_or(0, |row| row.now.index());
        if target < b.old_provinces {
        } else if target < b.districts {
            out.add(now(target - b.old_provinces), 0);
        } else if target < b.wards {
            let old = old_province(narrow(target - b.districts));
            out.add(b.old_provinces + old, 0);
            out.add(now(old), BY_NEW_PROVINCE);
        } else if target < b.old_wards {
            let ward = target - b.wards;
            let districts = d.ward_districts.get(ward);
            for district in districts {
                out.add(b.districts + usize::from(*district), 0);
            }
            for district in districts {
                out.add(b.old_provinces + old_province(*district), 0);
            }
            out.add(d.wards.get(ward).map_or(0, |w| w.province.index()), 0);
        } else if target < b.offices {
            if let Some(row) = d.old_wards.get(target - b.old_wards) {
                let old = old_province(row.district.0);
                out.add(b.districts + row.district.index(), 0);
                out.add(b.old_provinces + old, 0);
                out.add(now(old), BY_NEW_PROVINCE);
            }
        } else if let Some(office) = d.offices.get(target - b.offices) {
            for district in &office.former_districts {
                out.add(b.districts + usize::from(*district), 0);
            }
            out.add(office.province.index(), 0);
            for (old, row) in d.old_provinces.iter().enumerate() {
                if row.now == office.province {
                    out.add(b.old_provinces + old, 0);
                }
            }
        }
        out
    }

    /// The place is not in a city that was run by the centre in June 2025.
    fn is_rural(&self, entry: usize) -> bool {
        let b = &self.d.bases;
        let old = b.old_provinces..b.districts;
        let around = self.around(self.target(entry));
        !around
            .iter()
            .any(|(at, _)| old.contains(&at) && self.d.kind_of(at) == Some(UnitKind::ThanhPho))
    }

    /// Query words that an office's name says in its general part: `Bảo hiểm xã hội cơ sở`.
    fn generic(&self, entry: usize) -> u16 {
        if entry < self.d.bases.offices {
            return 0;
        }
        let words = self.d.names.get(entry).get(..self.d.generic_words(entry)).unwrap_or_default();
        let mut said = 0;
        for word in words {
            let folded = self.d.words.folded_of(*word);
            for t in 0..self.query.tokens.len() {
                said |= u16::from(self.matches.cost(t, folded) <= EXACT) << t;
            }
        }
        said
    }

    /// One word that is still being typed: then large units come first, whatever else their names
    /// contain.
    fn begun(&self) -> bool {
        self.query.tokens.len() == 1 && !self.query.closed
    }

    fn unsaid_cost(&self) -> u16 {
        if self.begun() { UNSAID_YET } else { UNSAID }
    }

    pub(crate) fn missing_cost(&self, missing: u16) -> u16 {
        let tokens = self.query.tokens.iter().enumerate();
        tokens.filter(|(t, _)| missing >> t & 1 == 1).map(|(_, token)| token.missing).sum()
    }

    fn all(&self) -> u16 {
        narrow((1usize << self.query.tokens.len()) - 1)
    }

    /// The best entries, best first.
    pub(crate) fn rank(&self) -> Vec<Ranked> {
        let mut found = self.quick();
        for ranked in &mut found {
            *ranked = self.score(usize::from(ranked.entry));
        }
        found.sort_unstable();
        found
    }

    /// Those whose names share words with the query, cut to the best by a rough score.
    fn quick(&self) -> Vec<Ranked> {
        // Low half: query words found in the name; high half: what they cost.
        let mut said = vec![0u32; self.d.names.len()];
        for (t, list) in self.matches.lists.iter().enumerate() {
            let strict = self.query.tokens.get(t).is_some_and(|k| k.is_number() && k.bound != 0);
            for (cost, folded) in list {
                for entry in self.d.postings.get(*folded) {
                    let Some(slot) = said.get_mut(usize::from(*entry)) else { continue };
                    let entry_is_short = usize::from(*entry) >= self.d.bases.aliases
                        && self.d.names.get(usize::from(*entry)).len() == 1;
                    // Abbreviations count whole or not at all.
                    let free = *slot >> t & 1 == 0 && !(entry_is_short && *cost > EXACT);
                    if free && (!strict || self.may_name(t, self.level(usize::from(*entry)))) {
                        *slot |= 1 << t;
                        *slot += u32::from(*cost) << 16;
                    }
                }
            }
        }
        let all = self.all();
        let full = self.missing_cost(all);
        let repeated = self.repeated_tokens();
        let mut rough: Vec<(u16, u16)> = Vec::new();
        let mut histogram = [0usize; 256];
        for (entry, bits) in said.iter().enumerate().filter(|(_, bits)| **bits != 0) {
            let mut own = narrow((bits & 0xFFFF) as usize);
            if own & repeated != 0 && !self.repeats_a_word(entry) {
                own &= !repeated;
            }
            let open = all & !own & !self.generic(entry);
            let (found, _, around) = self.surroundings(entry, open);
            let missing = open & !found;
            let words = self.d.names.get(entry).len() - self.d.generic_words(entry);
            let unsaid = narrow(words.saturating_sub(own.count_ones() as usize).min(3));
            let missing_cost = if missing == all { full } else { self.missing_cost(missing) };
            let cost = narrow((bits >> 16) as usize)
                + missing_cost
                + around
                + unsaid * UNSAID
                + self.kind_cost(entry);
            if let Some(n) = histogram.get_mut(usize::from(cost.min(255))) {
                *n += 1;
            }
            rough.push((cost, narrow(entry)));
        }
        let mut kept = 0;
        let mut limit = 255u16;
        for (cost, n) in (0u16..).zip(histogram) {
            kept += n;
            if kept >= KEPT {
                limit = cost;
                break;
            }
        }
        let mut out = Vec::with_capacity(KEPT);
        for strict in [true, false] {
            for (cost, entry) in &rough {
                let cost = (*cost).min(255);
                let wanted = if strict { cost < limit } else { cost == limit };
                if wanted && out.len() < KEPT {
                    out.push(Ranked {
                        cost,
                        rural: false,
                        entry: *entry,
                        missing: 0,
                        in_district: 0,
                    });
                }
            }
        }
        out
    }

    /// Query words that stand in the query before: one word of a name answers only one of them.
    fn repeated_tokens(&self) -> u16 {
        let tokens = &self.query.tokens;
        let again = |t: usize| {
            tokens.iter().take(t).any(|u| Some(&u.text) == tokens.get(t).map(|v| &v.text))
        };
        (0..tokens.len()).fold(0, |set, t| set | u16::from(again(t)) << t)
    }

    fn repeats_a_word(&self, entry: usize) -> bool {
        let name = self.d.names.get(entry);
        let same = |a: &u16, b: &u16| self.d.words.folded_of(*a) == self.d.words.folded_of(*b);
        name.iter().enumerate().any(|(i, w)| name.iter().take(i).any(|v| same(w, v)))
    }

    /// The full score of one entry.
    fn score(&self, entry: usize) -> Ranked {
        let level = self.level(entry);
        let kind = self.kind(entry);
        let (used, mut cost) = self.name_cost(entry, level);
        for (t, token) in self.query.tokens.iter().enumerate() {
            if used >> t & 1 == 0 {
                continue;
            }
            cost += if token.in_phrase { OF_PHRASE } else { 0 };
            let marker_is_name = used >> token.bound_by & 1 == 1;
            if token.bound != 0 && token.bound & level == 0 && !marker_is_name {
                cost += if level == OFFICE { 2 } else { OTHER_LEVEL };
            }
        }
        for (t, token) in self.query.tokens.iter().enumerate() {
            let Some(Marker::Unit(said, levels)) = token.marker else { continue };
            let follows =
                self.query.tokens.iter().position(|n| n.bound != 0 && usize::from(n.bound_by) == t);
            let names_this = follows.is_some_and(|n| used >> n & 1 == 1);
            if names_this && used >> t & 1 == 0 && levels & level != 0 && kind != Some(said) {
                let town = |k| matches!(k, UnitKind::Quan | UnitKind::ThiXa | UnitKind::ThanhPho);
                let both = town(said) && kind.is_some_and(town);
                cost += if both { OTHER_TOWN } else { OTHER_KIND };
            }
        }
        let open = self.all() & !used & !self.generic(entry);
        let (found, in_district, around) = self.surroundings(entry, open);
        let missing = open & !found;
        cost += around + self.missing_cost(missing) + self.kind_cost(entry);
        Ranked { cost, rural: self.is_rural(entry), entry: narrow(entry), missing, in_district }
    }

    /// Lays query words onto the words of the name, in order where possible. Gives the query words
    /// used and the cost.
    fn name_cost(&self, entry: usize, level: u8) -> (u16, u16) {
        let mut used = 0u16;
        let mut cost = 0u16;
        let mut unsaid = 0;
        let mut next = 0;
        let names = self.d.names.get(entry).get(self.d.generic_words(entry)..).unwrap_or_default();
        for (i, word) in names.iter().enumerate() {
            let folded = self.d.words.folded_of(*word);
            let Some((t, price)) = self.best_token(folded, used, next, level) else {
                if !self.d.words.folded(folded).is_empty() {
                    unsaid += 1;
                    cost += if i == 0 { UNSAID_FIRST } else { 0 };
                }
                continue;
            };
            used |= 1 << t;
            cost += u16::from(price) + if t < next { OTHER_ORDER } else { 0 };
            next = t + 1;
            let typed = self.query.tokens.get(t).map(|t| t.accents).unwrap_or_default();
            let exact = self.query.has_accents && price == 0;
            if exact && typed != self.d.words.accents(*word) {
                cost += if typed.is_plain() { 1 } else { OTHER_ACCENTS };
            }
        }
        (used, cost + self.unsaid_cost() * unsaid.min(3))
    }

    /// The cheapest unused query word for a word of a name. Among equals one that is no word for a
    /// kind (`thành phố Phổ Yên`) unless it follows directly, then the next in order.
    pub(crate) fn best_token(
        &self,
        folded: u16,
        used: u16,
        next: usize,
        level: u8,
    ) -> Option<(usize, u8)> {
        let mut best: Option<(usize, u8)> = None;
        let mut least = u16::MAX;
        let count = self.query.tokens.len();
        for t in (next..count).chain(0..next) {
            let cost = self.matches.cost(t, folded);
            let marker = self.query.tokens.get(t).is_some_and(|token| token.marker.is_some());
            let follows = next > 0 && t == next;
            let price = 2 * u16::from(cost) + u16::from(marker && !follows);
            let free = used >> t & 1 == 0;
            if cost != NONE && free && price < least && self.may_name(t, level) {
                (best, least) = (Some((t, cost)), price);
            }
        }
        best
    }

    /// The kind of unit that an entry is.
    pub(crate) fn kind(&self, entry: usize) -> Option<UnitKind> {
        self.d.kind_of(self.target(entry))
    }
}

impl Directory<'_> {
    /// The kind of unit that an entry is; offices have none.
    pub(crate) fn kind_of(&self, entry: usize) -> Option<UnitKind> {
        let b = &self.bases;
        if entry < b.old_provinces {
            self.provinces.get(entry).map(|p| p.kind)
        } else if entry < b.districts {
            self.old_provinces.get(entry - b.old_provinces).map(|p| p.kind)
        } else if entry < b.wards {
            self.districts.get(entry - b.districts).map(|d| d.kind)
        } else if entry < b.old_wards {
            self.wards.get(entry - b.wards).map(|w| w.kind)
        } else if entry < b.offices {
            self.old_wards.get(entry - b.old_wards).map(|o| o.kind)
        } else {
            None
        }
    }
}
