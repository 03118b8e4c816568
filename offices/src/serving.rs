//! Which office serves a place, how sure that is, and what became of old names.

use crate::directory::Directory;
use crate::office::{Level, Office, Status};
use crate::units::{DistrictId, OfficeId, OldProvinceId, OldWardId, ProvinceId, WardId};

/// The day from which the new provinces and wards count: 1 July 2025.
pub const UNITS_CHANGED: (u16, u8, u8) = (2025, 7, 1);

/// Why an office is named for a ward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A published list of areas names the ward under this office.
    Sourced,
    /// The office that served the ward closed on 1 October 2025 and was merged into this one.
    Merged,
    /// No source names an office for this ward: the provincial office can say which one it is.
    Provincial,
}

/// The office to turn to for a ward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serving {
    /// The office.
    pub office: OfficeId,
    /// Why it is this one.
    pub basis: Basis,
    /// The closed office ([`Basis::Merged`]), or one that an older list names for this area
    /// ([`Basis::Provincial`]): a hint, "call first".
    pub hint: Option<OfficeId>,
}

/// What became of the name that a person looked for, for the one line that explains it. All
/// changes are those of [`UNITS_CHANGED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The name is in force.
    None,
    /// The old ward went whole into a new one of another name.
    Renamed {
        /// The ward of June 2025.
        old: OldWardId,
        /// What it is part of now.
        new: WardId,
    },
    /// The old ward went whole into a new one that kept its name.
    Kept {
        /// The ward of June 2025.
        old: OldWardId,
        /// What it is part of now.
        new: WardId,
    },
    /// The old ward was divided between several new ones.
    Divided(OldWardId),
    /// Districts no longer exist.
    DistrictGone(DistrictId),
    /// The old province went into another.
    ProvinceMerged {
        /// The province of June 2025.
        old: OldProvinceId,
        /// What it is part of now.
        new: ProvinceId,
    },
    /// The office closed on 1 October 2025.
    OfficeClosed(OfficeId),
}

/// How much of the country the data covers. "Sourced" offices have an address from a named source
/// and are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Provinces since July 2025.
    pub provinces: u16,
    /// Provinces whose provincial office has a sourced address.
    pub provinces_with_address: u16,
    /// Provinces with at least one sourced office of any level.
    pub provinces_with_office: u16,
    /// Wards since July 2025.
    pub wards: u16,
    /// Wards that a published list assigns to an office.
    pub wards_sourced: u16,
    /// Wards whose office closed and was merged into a known one.
    pub wards_merged: u16,
    /// Offices in the data.
    pub offices: u16,
    /// Offices with an address that are open.
    pub offices_with_address: u16,
    /// Offices with a telephone number.
    pub offices_with_phone: u16,
    /// Offices whose source has a date.
    pub offices_with_date: u16,
}

impl<'a> Directory<'a> {
    /// The provincial office, whatever is known of it; `None` only for a directory without one.
    pub fn provincial_office(&self, province: ProvinceId) -> Option<&Office<'a>> {
        self.offices.iter().find(|o| o.level == Level::Provincial && o.province == province)
    }

    /// BHXH Việt Nam: the hotline, where even the provincial office has neither address nor number.
    pub fn central_office(&self) -> Option<&Office<'a>> {
        self.offices.iter().find(|o| o.level == Level::Central)
    }

    /// The office to turn to for a ward; `None` only for a directory without provincial offices.
    pub fn serving(&self, ward: WardId) -> Option<Serving> {
        let row = self.wards.get(ward.index())?;
        if let Some(i) = row.office.checked_sub(1) {
            return Some(Serving { office: OfficeId(i), basis: Basis::Sourced, hint: None });
        }
        let former = row.former_office.checked_sub(1).map(OfficeId);
        if let Some(closed) = former.and_then(|f| self.office(f)) {
            // With several successors no source says which wards went where.
            if let (Status::Closed, [next]) = (closed.status, closed.successors.as_slice()) {
                let office = OfficeId(*next);
                return Some(Serving { office, basis: Basis::Merged, hint: former });
            }
        }
        let office = self.provincial_office(row.province)?.key;
        let hint = former.or_else(|| self.office_of_old_district(ward));
        Some(Serving { office, basis: Basis::Provincial, hint })
    }

    /// An office that served, by name, an old district in which the ward lies.
    fn office_of_old_district(&self, ward: WardId) -> Option<OfficeId> {
        let districts = self.ward_districts.get(ward.index());
        let serves = |o: &&Office<'_>| o.former_districts.iter().any(|d| districts.contains(d));
        self.offices.iter().find(serves).map(|o| o.key)
    }

    /// The wards that an office serves by a published list.
    pub fn office_wards(&self, office: OfficeId) -> impl Iterator<Item = WardId> + '_ {
        self.wards().filter(move |w| {
            self.wards.get(w.index()).is_some_and(|row| row.office == office.0 + 1)
        })
    }

    /// The wards that a list out of force names under an office (closed ones, reception points).
    pub fn office_former_wards(&self, office: OfficeId) -> impl Iterator<Item = WardId> + '_ {
        self.wards().filter(move |w| {
            self.wards.get(w.index()).is_some_and(|row| row.former_office == office.0 + 1)
        })
    }

    /// How much of the country the data covers.
    pub fn coverage(&self) -> Coverage {
        let known = |o: &Office<'_>| !o.address.is_empty() && o.status != Status::Closed;
        let count = |n: usize| crate::names::narrow(n);
        let offices = || self.offices.iter();
        let provinces = || self.provinces();
        let here =
            |p: ProvinceId| move |o: &Office<'_>| o.province == p && o.level != Level::Central;
        Coverage {
            provinces: count(self.provinces.len()),
            provinces_with_address: count(
                provinces().filter(|p| self.provincial_office(*p).is_some_and(known)).count(),
            ),
            provinces_with_office: count(
                provinces().filter(|p| offices().any(|o| known(o) && here(*p)(o))).count(),
            ),
            wards: count(self.wards.len()),
            wards_sourced: count(self.wards.iter().filter(|w| w.office != 0).count()),
            wards_merged: count(
                self.wards()
                    .filter(|w| self.serving(*w).is_some_and(|s| s.basis == Basis::Merged))
                    .count(),
            ),
            offices: count(self.offices.len()),
            offices_with_address: count(offices().filter(|o| known(o)).count()),
            offices_with_phone: count(offices().filter(|o| !o.phone.is_empty()).count()),
            offices_with_date: count(offices().filter(|o| !o.source_date.is_empty()).count()),
        }
    }
}
