//! The directory: columns read from the compact format, and plain look-ups over them.

use crate::columns::{
    read_aliases, read_districts, read_offices, read_old_provinces, read_old_wards, read_provinces,
    read_wards,
};
use crate::names::{Names, Words, narrow, sort};
use crate::office::Office;
use crate::reader::{FormatError, HEADER, Reader, checksum, payload};
use crate::search::Postings;
use crate::units::{DistrictId, OfficeId, OldProvinceId, OldWardId, ProvinceId, UnitKind, WardId};

/// Lists of numbers of varying length: `flat[at[i]..at[i + 1]]`.
#[derive(Default)]
pub(crate) struct Lists {
    pub(crate) at: Vec<u32>,
    pub(crate) flat: Vec<u16>,
}

impl Lists {
    pub(crate) fn get(&self, i: usize) -> &[u16] {
        match (self.at.get(i), self.at.get(i + 1)) {
            (Some(a), Some(b)) => self.flat.get(*a as usize..*b as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Sorts pairs (list, item) into lists, by counting; the order within a list is kept.
    pub(crate) fn collect(lists: usize, pairs: impl Iterator<Item = (u16, u16)> + Clone) -> Self {
        let mut at = vec![0u32; lists + 1];
        for (list, _) in pairs.clone() {
            if let Some(n) = at.get_mut(usize::from(list) + 1) {
                *n += 1;
            }
        }
        for i in 1..at.len() {
            at[i] += at[i - 1];
        }
        let mut next = at.clone();
        let mut flat = vec![0; at.last().map_or(0, |n| *n as usize)];
        for (list, item) in pairs {
            if let Some(place) = next.get_mut(usize::from(list)) {
                if let Some(slot) = flat.get_mut(*place as usize) {
                    *slot = item;
                }
                *place += 1;
            }
        }
        Self { at, flat }
    }
}

pub(crate) struct ProvinceRow {
    pub(crate) code: u8,
    pub(crate) kind: UnitKind,
    /// 10⁻⁴ degrees.
    pub(crate) lat: i32,
    pub(crate) lon: i32,
}

pub(crate) struct OldProvinceRow {
    pub(crate) code: u8,
    pub(crate) kind: UnitKind,
    pub(crate) now: ProvinceId,
}

pub(crate) struct DistrictRow {
    pub(crate) code: u16,
    pub(crate) kind: UnitKind,
    pub(crate) province: OldProvinceId,
    /// Islands without wards became one new ward; 0 for all others, else its index plus one.
    pub(crate) became: u16,
}

pub(crate) struct WardRow {
    pub(crate) code: u16,
    pub(crate) kind: UnitKind,
    pub(crate) province: ProvinceId,
    /// 10⁻⁴ degrees.
    pub(crate) lat: i32,
    pub(crate) lon: i32,
    /// Office plus one, 0 for none: from a published area list.
    pub(crate) office: u16,
    /// Office plus one, 0 for none: from a list that is out of force.
    pub(crate) former_office: u16,
}

pub(crate) struct OldWardRow {
    pub(crate) code: u16,
    pub(crate) kind: UnitKind,
    pub(crate) district: DistrictId,
}

/// Where each kind of entry begins in the common numbering that names and search use.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bases {
    pub(crate) old_provinces: usize,
    pub(crate) districts: usize,
    pub(crate) wards: usize,
    pub(crate) old_wards: usize,
    pub(crate) offices: usize,
    pub(crate) aliases: usize,
}

/// The whole directory, read from the compact format.
pub struct Directory<'a> {
    as_of: u32,
    /// Checksum of the file: a mark of these very data.
    pub(crate) sum: u32,
    pub(crate) words: Words<'a>,
    pub(crate) names: Names,
    pub(crate) bases: Bases,
    pub(crate) provinces: Vec<ProvinceRow>,
    pub(crate) old_provinces: Vec<OldProvinceRow>,
    pub(crate) districts: Vec<DistrictRow>,
    pub(crate) wards: Vec<WardRow>,
    pub(crate) old_wards: Vec<OldWardRow>,
    pub(crate) offices: Vec<Office<'a>>,
    /// For each alias the entry that it stands for.
    pub(crate) alias_of: Vec<u16>,
    /// Old ward to new wards.
    pub(crate) became: Lists,
    /// New ward to the old wards it was made of.
    pub(crate) made_of: Lists,
    /// New ward to the old districts it lies in.
    pub(crate) ward_districts: Lists,
    pub(crate) district_wards: Lists,
    pub(crate) postings: Postings,
}

impl<'a> Directory<'a> {
    /// Reads a directory. Any byte slice gives a directory or an error; all references inside are
    /// checked here, so that nothing can fail later.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, FormatError> {
        let body = payload(bytes)?;
        let mut r = Reader { bytes: body };
        let mut directory = Self::read(&mut r)?;
        // The header holds the checksum of all that follows it.
        directory.sum = checksum(bytes.get(..HEADER).unwrap_or_default());
        if r.bytes.is_empty() { Ok(directory) } else { Err(FormatError::Malformed("rest")) }
    }

    /// A number that differs for other data: what is counted off by places in this data carries it.
    pub fn mark(&self) -> u32 {
        self.sum
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, FormatError> {
        use FormatError::Malformed;
        let as_of = r.varint().ok_or(Malformed("as-of"))?;
        let words = Words::read(r).ok_or(Malformed("words"))?;
        let mut names = Names::new();
        let n_words = words.len();
        let provinces = read_provinces(r).ok_or(Malformed("provinces"))?;
        names.read(r, provinces.len(), n_words).ok_or(Malformed("provinces"))?;
        let old_provinces =
            read_old_provinces(r, provinces.len()).ok_or(Malformed("old provinces"))?;
        names.read(r, old_provinces.len(), n_words).ok_or(Malformed("old provinces"))?;
        let mut districts = read_districts(r, old_provinces.len()).ok_or(Malformed("districts"))?;
        names.read(r, districts.len(), n_words).ok_or(Malformed("districts"))?;
        let mut wards = read_wards(r, provinces.len()).ok_or(Malformed("wards"))?;
        names.read(r, wards.len(), n_words).ok_or(Malformed("wards"))?;
        for district in &mut districts {
            district.became = r.index(wards.len() + 1).ok_or(Malformed("islands"))?;
        }
        let (old_wards, became) =
            read_old_wards(r, districts.len(), wards.len()).ok_or(Malformed("old wards"))?;
        names.read(r, old_wards.len(), n_words).ok_or(Malformed("old wards"))?;
        let offices = read_offices(r, provinces.len(), districts.len());
        let offices = offices.ok_or(Malformed("offices"))?;
        names.read(r, offices.len(), n_words).ok_or(Malformed("offices"))?;
        for ward in &mut wards {
            ward.office = r.index(offices.len() + 1).ok_or(Malformed("serving offices"))?;
        }
        for ward in &mut wards {
            ward.former_office = r.index(offices.len() + 1).ok_or(Malformed("former offices"))?;
        }
        let entries = names.len();
        let alias_of = read_aliases(r, entries).ok_or(Malformed("aliases"))?;
        names.read(r, alias_of.len(), n_words).ok_or(Malformed("aliases"))?;
        let mut bases = Bases { old_provinces: provinces.len(), ..Bases::default() };
        bases.districts = bases.old_provinces + old_provinces.len();
        bases.wards = bases.districts + districts.len();
        bases.old_wards = bases.wards + wards.len();
        bases.offices = bases.old_wards + old_wards.len();
        bases.aliases = bases.offices + offices.len();
        if names.len() > usize::from(u16::MAX) {
            return Err(Malformed("too many names"));
        }
        let mut directory = Self {
            as_of,
            sum: 0,
            words,
            names,
            bases,
            provinces,
            old_provinces,
            districts,
            wards,
            old_wards,
            offices,
            alias_of,
            became,
            made_of: Lists::default(),
            ward_districts: Lists::default(),
            district_wards: Lists::default(),
            postings: Postings::default(),
        };
        directory.link();
        Ok(directory)
    }

    /// The reverse relations and the search index, built once at the start.
    fn link(&mut self) {
        let mut pairs = Vec::with_capacity(self.old_wards.len() + 1024);
        let mut in_district = Vec::with_capacity(4096);
        for (old, row) in self.old_wards.iter().enumerate() {
            for ward in self.became.get(old) {
                pairs.push((*ward, narrow(old)));
                in_district.push(u64::from(row.district.0) << 16 | u64::from(*ward));
            }
        }
        for (i, row) in self.districts.iter().enumerate() {
            if let Some(ward) = row.became.checked_sub(1) {
                in_district.push((i as u64) << 16 | u64::from(ward));
            }
        }
        sort(&mut in_district);
        in_district.dedup();
        let low = |n: u64| narrow((n & 0xFFFF) as usize);
        let in_district = in_district.iter().map(|pair| (low(pair >> 16), low(*pair)));
        self.made_of = Lists::collect(self.wards.len(), pairs.iter().copied());
        self.district_wards = Lists::collect(self.districts.len(), in_district.clone());
        let swapped = in_district.map(|(district, ward)| (ward, district));
        self.ward_districts = Lists::collect(self.wards.len(), swapped);
        self.postings = Postings::build(self);
    }

    /// The date of the newest source in the data, as the number `YYYYMMDD`.
    pub fn as_of(&self) -> u32 {
        self.as_of
    }

    /// How many names search looks through, other names included.
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// All 34 provinces, in the order of their codes.
    pub fn provinces(&self) -> impl Iterator<Item = ProvinceId> + use<> {
        (0..narrow(self.provinces.len())).map(ProvinceId)
    }

    /// All districts until June 2025, in the order of their codes.
    pub fn districts(&self) -> impl Iterator<Item = DistrictId> + use<> {
        (0..narrow(self.districts.len())).map(DistrictId)
    }

    /// All wards since July 2025, by province.
    pub fn wards(&self) -> impl Iterator<Item = WardId> + use<> {
        (0..narrow(self.wards.len())).map(WardId)
    }

    /// All wards of June 2025, by district.
    pub fn old_wards(&self) -> impl Iterator<Item = OldWardId> + use<> {
        (0..narrow(self.old_wards.len())).map(OldWardId)
    }

    /// All offices in the order of the data: central, provincial, local.
    pub fn offices(&self) -> &[Office<'a>] {
        &self.offices
    }

    /// An office by its handle.
    pub fn office(&self, id: OfficeId) -> Option<&Office<'a>> {
        self.offices.get(id.index())
    }

    /// An office by its stable id (`ha-noi-ba-dinh`).
    pub fn office_by_id(&self, id: &str) -> Option<&Office<'a>> {
        self.offices.iter().find(|o| o.id == id)
    }

    /// A ward by its 5-digit code.
    pub fn ward_by_code(&self, code: &str) -> Option<WardId> {
        let wanted = digits(code, 5)?;
        self.wards.iter().position(|w| u32::from(w.code) == wanted).map(|i| WardId(narrow(i)))
    }

    /// A province by its 2-digit code.
    pub fn province_by_code(&self, code: &str) -> Option<ProvinceId> {
        let wanted = digits(code, 2)?;
        let i = self.provinces.iter().position(|p| u32::from(p.code) == wanted)?;
        Some(ProvinceId(narrow(i)))
    }
}

/// The number that `code` writes with exactly `width` digits.
fn digits(code: &str, width: usize) -> Option<u32> {
    let plain = code.len() == width && code.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| code.bytes().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}
