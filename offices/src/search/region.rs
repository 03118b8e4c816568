//! What the districts and provinces around a place say about a query.

use crate::names::narrow;
use crate::search::rank::Ranker;
use crate::units::UnitKind;

/// A word found in the district or province instead of the name.
const ELSEWHERE: u16 = 1;
/// The same, but only begun or mistyped.
const ELSEWHERE_ROUGHLY: u16 = 8;
/// A word of a district or province that the query uses in part.
const UNSAID_ELSEWHERE: u16 = 6;
/// The same for the surroundings of a place, where people leave words out.
const OTHER_LEVEL_AROUND: u16 = 8;
/// An old place known by the province that its own went into.
const BY_NEW_PROVINCE: u16 = 1;

/// What a province or district contributes to the places inside it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Region {
    /// Query words it mentions.
    pub(crate) said: u16,
    /// Those of them that it mentions exactly.
    exactly: u16,
    pub(crate) unsaid: u8,
}

/// Entries around a place, at most twelve, each with what it costs to know the place by it.
#[derive(Default)]
pub(crate) struct Around {
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

impl Ranker<'_, '_> {
    /// What the name of a province, district or alias shares with the query.
    pub(crate) fn region(&self, entry: usize) -> Region {
        let mut region = Region::default();
        let may_name = self.may_name(self.level(entry));
        for word in self.d.names.get(entry) {
            let folded = self.d.words.folded_of(*word);
            let meant = self.matches.meant(folded);
            let here = meant.by & may_name;
            region.exactly |= meant.exactly & may_name;
            region.said |= here;
            region.unsaid += u8::from(here == 0 && !self.d.words.folded(folded).is_empty());
        }
        region
    }

    /// What the surroundings of an entry say about `open` query words. Gives the words found,
    /// those found in a district, and the cost.
    pub(crate) fn surroundings(&self, entry: usize, open: u16) -> (u16, u16, u16) {
        // Words for kinds need not be found anywhere.
        let open = open & self.weighty;
        let (mut found, mut in_district, mut cost) = (0u16, 0u16, 0u16);
        if open == 0 {
            return (0, 0, 0);
        }
        let around = self.around(self.target(entry));
        loop {
            // Names that the query says in full go first, then those that say most of it.
            let mut best: Option<(bool, u32)> = None;
            let mut chosen = (0, 0);
            for (at, extra) in around.iter() {
                let Some(region) = self.regions.get(at) else { continue };
                let new = region.said & open & !found;
                let worth = Some((region.unsaid == 0, new.count_ones()));
                if new != 0 && worth > best {
                    (best, chosen) = (worth, (at, extra));
                }
            }
            let (at, extra) = chosen;
            let Some(region) = self.regions.get(at).filter(|_| best.is_some()) else { break };
            let new = region.said & open & !found;
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
        (found, in_district, cost)
    }

    /// What it costs that words said to name another level name this one: `phường Sài Gòn` is not
    /// the city.
    fn other_level(&self, said: u16, level: u8) -> u16 {
        let tokens = self.query.tokens.iter().enumerate().filter(|(t, _)| said >> t & 1 == 1);
        // Only the word right after `phường`: people leave out the `huyện` further on.
        let first = |t: usize, by: u8| t == usize::from(by) + 1;
        let other =
            tokens.filter(|(t, k)| k.bound != 0 && k.bound & level == 0 && first(*t, k.bound_by));
        let other = other.count();
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
    pub(crate) fn is_rural(&self, entry: usize) -> bool {
        let b = &self.d.bases;
        let old = b.old_provinces..b.districts;
        let around = self.around(self.target(entry));
        !around
            .iter()
            .any(|(at, _)| old.contains(&at) && self.d.kind_of(at) == Some(UnitKind::ThanhPho))
    }

    /// Query words that an office's name says in its general part: `Bảo hiểm xã hội cơ sở`.
    pub(crate) fn generic(&self, entry: usize) -> u16 {
        if entry < self.d.bases.offices {
            return 0;
        }
        let words = self.d.names.get(entry).get(..self.d.generic_words(entry)).unwrap_or_default();
        let mut said = 0;
        for word in words {
            let folded = self.d.words.folded_of(*word);
            said |= self.matches.meant(folded).exactly;
        }
        said
    }
}
