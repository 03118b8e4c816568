//! Scoring entries against a query: costs, lower is better.

use crate::directory::Directory;
use crate::names::{narrow, sort};
use crate::search::matching::Matches;
use crate::search::query::{DISTRICT, Marker, OFFICE, PROVINCE, Query, WARD};
use crate::search::region::Region;
use crate::units::UnitKind;

/// A word of the name that the query does not mention; at most three are counted.
const UNSAID: u16 = 8;
/// The first word of the name is not mentioned.
const UNSAID_FIRST: u16 = 4;
/// `phường` was said, the name is a district's.
const OTHER_LEVEL: u16 = 12;
/// `quận` was said, the district is a huyện.
const OTHER_KIND: u16 = 3;
/// `thị xã` was said, the district had become a thành phố.
const OTHER_TOWN: u16 = 2;
/// A word of `thành phố` taken for a word of a name.
const OF_PHRASE: u16 = 5;
const OTHER_ORDER: u16 = 4;
const OTHER_ACCENTS: u16 = 2;
/// The same where a single word was typed: its accents are all that tells `Vĩnh Long` from `Vinh`.
const OTHER_ACCENTS_ALONE: u16 = 7;
const NOT_AN_OFFICE: u16 = 8;
const BY_ALIAS: u16 = 1;
/// A word of the name not mentioned while the first word is still being typed.
const UNSAID_YET: u16 = 3;

/// An entry with its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ranked {
    pub(crate) cost: u16,
    /// Outside of the centrally run cities, where more people live: later among equals.
    pub(crate) rural: bool,
    pub(crate) entry: u16,
    /// Query words that were found nowhere.
    pub(crate) missing: u16,
    /// Some query words were found in the district.
    pub(crate) in_district: bool,
}

impl Ranked {
    /// A number that sorts by cost, then by place and by the order of the data.
    fn key(self) -> u64 {
        let place = u64::from(self.rural) << 16 | u64::from(self.entry);
        let rest = u64::from(self.missing) << 1 | u64::from(self.in_district);
        u64::from(self.cost) << 34 | place << 17 | rest
    }

    fn of_key(key: u64) -> Self {
        let part = |n: u64| narrow((n & 0xFFFF) as usize);
        Self {
            cost: part(key >> 34),
            rural: key >> 33 & 1 == 1,
            entry: part(key >> 17),
            missing: part(key >> 1),
            in_district: key & 1 == 1,
        }
    }
}

pub(crate) struct Ranker<'d, 'a> {
    pub(crate) d: &'d Directory<'a>,
    pub(crate) query: &'d Query,
    pub(crate) matches: Matches,
    pub(crate) regions: Vec<Region>,
    /// Query words that cost something when they are found nowhere.
    pub(crate) weighty: u16,
    /// For each level the query words that may name something of it.
    may_name: [u16; 4],
    /// What it costs to find words nowhere, for every set of the first four, the next four, ….
    missing: [[u16; 16]; 4],
}

impl<'d, 'a> Ranker<'d, 'a> {
    pub(crate) fn new(d: &'d Directory<'a>, query: &'d Query, wide: bool) -> Self {
        let matches = Matches::of(query, &d.words, wide);
        let weighty = query.set(|token| token.missing > 0);
        // A number after `phường` names a ward and nothing else; after `quận`, a district.
        let may_name = [WARD, DISTRICT, PROVINCE, OFFICE].map(|level| {
            query.set(|t| !t.is_number() || t.bound == 0 || t.bound & level != 0 || level == OFFICE)
        });
        let mut missing = [[0; 16]; 4];
        for (set, four) in query.tokens.chunks(4).zip(&mut missing) {
            for (i, sum) in four.iter_mut().enumerate() {
                let tokens = set.iter().enumerate().filter(|(t, _)| i >> t & 1 == 1);
                *sum = tokens.map(|(_, token)| token.missing).sum();
            }
        }
        let mut ranker =
            Self { d, query, matches, regions: Vec::new(), weighty, may_name, missing };
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

    /// The query words that may name something of `level`.
    pub(crate) fn may_name(&self, level: u8) -> u16 {
        self.may_name.get(level.trailing_zeros() as usize).copied().unwrap_or(0)
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

    /// Larger units first, then what is in force, then what is past. `whole`: the query is exactly
    /// this name. Then a district need not wait behind what only begins with it (`vinh` is Thành phố
    /// Vinh before Tỉnh Vĩnh Long), and a ward only behind provinces (`ho`).
    pub(crate) fn kind_cost(&self, entry: usize, whole: bool) -> u16 {
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
        let base = match base {
            _ if !self.begun() => base,
            3.. if whole => base + 2,
            _ if whole => base,
            _ => 2 * base,
        };
        base + if entry >= b.aliases { BY_ALIAS } else { 0 }
            + if self.query.wants_office && !office { NOT_AN_OFFICE } else { 0 }
    }

    /// One word that is still being typed: then large units come first, whatever else their names
    /// contain.
    fn begun(&self) -> bool {
        self.query.tokens.len() == 1 && !self.query.closed
    }

    pub(crate) fn unsaid_cost(&self) -> u16 {
        if self.begun() { UNSAID_YET } else { UNSAID }
    }

    pub(crate) fn missing_cost(&self, missing: u16) -> u16 {
        let [a, b, c, d] = &self.missing;
        let four = |shift: u16| usize::from(missing >> shift & 15);
        a[four(0)] + b[four(4)] + c[four(8)] + d[four(12)]
    }

    pub(crate) fn all(&self) -> u16 {
        narrow((1usize << self.query.tokens.len()) - 1)
    }

    /// The best entries, best first.
    pub(crate) fn rank(&self) -> Vec<Ranked> {
        let candidates = self.candidates().into_iter();
        let mut keys: Vec<u64> = candidates.map(|e| self.score(usize::from(e)).key()).collect();
        sort(&mut keys);
        keys.into_iter().map(Ranked::of_key).collect()
    }

    /// The full score of one entry.
    fn score(&self, entry: usize) -> Ranked {
        let level = self.level(entry);
        let kind = self.kind(entry);
        let (used, mut cost) = self.name_cost(entry, level);
        let whole = cost == 0;
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
        let in_district = in_district != 0;
        let missing = open & !found;
        cost += around + self.missing_cost(missing) + self.kind_cost(entry, whole);
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
                cost += match self.query.tokens.len() {
                    _ if typed.is_plain() => 1,
                    1 => OTHER_ACCENTS_ALONE,
                    _ => OTHER_ACCENTS,
                };
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
        let able = self.matches.meant(folded).by & !used & self.may_name(level);
        let before = able & ((1 << next) - 1);
        for t in bits(able & !before).chain(bits(before)) {
            let cost = self.matches.cost(t, folded);
            let marker = self.query.tokens.get(t).is_some_and(|token| token.marker.is_some());
            let follows = next > 0 && t == next;
            let price = 2 * u16::from(cost) + u16::from(marker && !follows);
            if price < least {
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

/// The places of the bits that are set, lowest first.
pub(crate) fn bits(mut set: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = set.trailing_zeros() as usize;
        let left = set != 0;
        set &= set.wrapping_sub(1);
        left.then_some(place)
    })
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
