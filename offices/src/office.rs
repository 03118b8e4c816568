//! Offices as the data has them; blanks stay blank.

use crate::reader::Reader;
use crate::units::{DistrictId, OfficeId, ProvinceId};

/// Where an office stands in the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// BHXH Việt Nam itself.
    Central,
    /// BHXH of a province or city.
    Provincial,
    /// BHXH cơ sở, a counter or a reception point.
    Local,
}

/// What is known about an office's present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Address sourced from July 2025 or later, or said to be current.
    Current,
    /// The address is from before the mergers of July 2025: show its year, say "call first".
    BeforeJuly2025,
    /// Closed on 1 October 2025: show where to go instead.
    Closed,
    /// It exists by its name; no address was found.
    NameOnly,
}

/// How sure the source is; an attribute of the source, not of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A press photo's caption and the like.
    Low,
    /// An older or indirect page.
    Medium,
    /// A published list.
    High,
}

/// One office. Empty texts mean that no source gave the value.
#[derive(Clone, Debug)]
pub struct Office<'a> {
    /// Its handle in this directory.
    pub key: OfficeId,
    /// Its stable name in addresses: lower-case ASCII and dashes, as in `/co-quan/{id}`.
    pub id: &'a str,
    /// Where it stands in the organisation.
    pub level: Level,
    /// What is known about its present.
    pub status: Status,
    /// How sure the source is.
    pub confidence: Confidence,
    /// The province (since July 2025) it lies in.
    pub province: ProvinceId,
    /// Former names, separated by `;`: `BHXH quận 1`.
    pub former_names: &'a str,
    /// The address as the source spells it.
    pub address: &'a str,
    /// The address uses names of units from before July 2025.
    pub address_uses_old_names: bool,
    /// Telephone numbers as the source spells them, separated by `;`. See [`Office::phones`].
    pub phone: &'a str,
    /// Email address.
    pub email: &'a str,
    /// Its page.
    pub website: &'a str,
    /// Opening hours in the grammar of [`crate::hours::Week::parse`].
    pub hours: &'a str,
    /// A sourced point of the building: latitude and longitude in degrees, WGS 84.
    pub point: Option<(f64, f64)>,
    /// The page the row comes from; empty when there is none, see [`Office::source_note`].
    pub source_url: &'a str,
    /// Where the row comes from when there is no page to link (Vietnamese).
    pub source_note: &'a str,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; empty: the date of the source is unknown.
    pub source_date: &'a str,
    /// A sentence for visitors, Vietnamese: temporary seats and the like.
    pub notice_vi: &'a str,
    /// The same in English.
    pub notice_en: &'a str,
    pub(crate) successors: Vec<u16>,
    pub(crate) former_districts: Vec<u16>,
    /// Words of the name that say only "Bảo hiểm xã hội cơ sở".
    pub(crate) generic_words: u8,
}

impl<'a> Office<'a> {
    /// The telephone numbers, each with the digits to dial.
    pub fn phones(&self) -> impl Iterator<Item = Phone<'a>> + use<'a> {
        self.phone.split(';').map(str::trim).filter(|p| !p.is_empty()).map(Phone)
    }

    /// Where to go now that this office is closed; empty when it is open or no source says.
    pub fn successors(&self) -> impl Iterator<Item = OfficeId> + '_ {
        self.successors.iter().map(|i| OfficeId(*i))
    }

    /// Old districts that the office served by name until June 2025.
    pub fn former_districts(&self) -> impl Iterator<Item = DistrictId> + '_ {
        self.former_districts.iter().map(|i| DistrictId(*i))
    }

    /// The year of an address from before July 2025, as the source dates it; `None` when the
    /// address is newer. `Some("")` is an old address whose year no source gives.
    pub fn old_address_year(&self) -> Option<&'a str> {
        (self.address_uses_old_names && !self.address.is_empty())
            .then(|| self.source_date.get(..4).unwrap_or(""))
    }

    pub(crate) fn read(r: &mut Reader<'a>, key: u16, limits: &Limits<'_, 'a>) -> Option<Self> {
        let id = r.text()?;
        let flags = r.u8()?;
        let level = match flags & 3 {
            0 => Level::Central,
            1 => Level::Provincial,
            2 => Level::Local,
            _ => return None,
        };
        let status = match flags >> 2 & 3 {
            0 => Status::Current,
            1 => Status::BeforeJuly2025,
            2 => Status::Closed,
            _ => Status::NameOnly,
        };
        let confidence = match flags >> 4 & 3 {
            0 => Confidence::Low,
            1 => Confidence::Medium,
            2 => Confidence::High,
            _ => return None,
        };
        let province = ProvinceId(r.index(limits.provinces)?);
        let generic_words = r.u8()?;
        let [former_names, address, phone, email, website, hours] = texts(r, limits)?;
        let [source_url, source_note, source_date, notice_vi, notice_en] = texts(r, limits)?;
        let point = if flags & 0x80 == 0 {
            None
        } else {
            let (lat, lon) = (r.delta(0)?, r.delta(0)?);
            Some((f64::from(lat) / 1e6, f64::from(lon) / 1e6))
        };
        let successors = list(r, limits.offices)?;
        let former_districts = list(r, limits.districts)?;
        Some(Self {
            key: OfficeId(key),
            id,
            level,
            status,
            confidence,
            province,
            former_names,
            address,
            address_uses_old_names: flags & 0x40 != 0,
            phone,
            email,
            website,
            hours,
            point,
            source_url,
            source_note,
            source_date,
            notice_vi,
            notice_en,
            successors,
            former_districts,
            generic_words,
        })
    }
}

/// What indices in an office row may refer to.
pub(crate) struct Limits<'b, 'a> {
    pub(crate) provinces: usize,
    pub(crate) districts: usize,
    pub(crate) offices: usize,
    /// The shared texts, each stored once; number 0 is the empty one.
    pub(crate) texts: &'b [&'a str],
}

fn texts<'a, const N: usize>(r: &mut Reader<'a>, limits: &Limits<'_, 'a>) -> Option<[&'a str; N]> {
    let mut out = [""; N];
    for slot in &mut out {
        *slot = limits.texts.get(r.varint()? as usize)?;
    }
    Some(out)
}

fn list(r: &mut Reader<'_>, limit: usize) -> Option<Vec<u16>> {
    let n = r.count()?;
    (0..n).map(|_| r.index(limit)).collect()
}

/// A telephone number as its source spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phone<'a>(&'a str);

impl<'a> Phone<'a> {
    /// As the source spells it.
    pub fn shown(self) -> &'a str {
        self.0
    }

    /// Digits only, for a `tel:` link.
    pub fn dialled(self) -> String {
        self.0.chars().filter(char::is_ascii_digit).collect()
    }
}
