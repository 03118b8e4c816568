//! What can be asked about a place: its names, what it belongs to, what became of it.

use crate::directory::Directory;
use crate::names::narrow;
use crate::units::{DistrictId, OfficeId, OldProvinceId, OldWardId, ProvinceId, UnitKind, WardId};

/// Writes `n` with leading zeros, as unit codes are written: at most five digits.
fn code(n: u16, width: usize) -> String {
    let mut out = [b'0'; 5];
    let mut rest = n;
    for slot in out.iter_mut().take(width).rev() {
        *slot = b'0' + (rest % 10).to_le_bytes()[0];
        rest /= 10;
    }
    out.iter().take(width).map(|b| char::from(*b)).collect()
}

impl Directory<'_> {
    /// The name of an entry: the word for its kind, when it has one, and its words.
    pub(crate) fn spell(&self, kind: Option<UnitKind>, entry: usize) -> String {
        let mut out = String::with_capacity(32);
        out.push_str(kind.map_or("", UnitKind::word));
        for word in self.names.get(entry) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(self.words.spelled(*word));
        }
        out
    }

    /// `Bảo hiểm xã hội cơ sở Ba Đình`.
    pub fn office_name(&self, id: OfficeId) -> String {
        self.spell(None, self.bases.offices + id.index())
    }

    /// `Tỉnh Lào Cai`, `Thành phố Hồ Chí Minh`.
    pub fn province_name(&self, id: ProvinceId) -> String {
        self.spell(self.provinces.get(id.index()).map(|p| p.kind), id.index())
    }

    /// The 2-digit code.
    pub fn province_code(&self, id: ProvinceId) -> String {
        code(self.provinces.get(id.index()).map_or(0, |p| u16::from(p.code)), 2)
    }

    /// A point in the seat ward, chosen by hand, good to a few km: latitude, longitude in degrees.
    /// For sorting by distance, never for a pin on a map.
    pub fn province_point(&self, id: ProvinceId) -> (f64, f64) {
        let row = self.provinces.get(id.index());
        row.map_or((0.0, 0.0), |p| (f64::from(p.lat) / 1e4, f64::from(p.lon) / 1e4))
    }

    /// The provinces until June 2025 that this one was made of.
    pub fn province_made_of(&self, id: ProvinceId) -> impl Iterator<Item = OldProvinceId> + '_ {
        let all = self.old_provinces.iter().enumerate();
        all.filter(move |(_, o)| o.now == id).map(|(i, _)| OldProvinceId(narrow(i)))
    }

    /// `Tỉnh Bình Dương`.
    pub fn old_province_name(&self, id: OldProvinceId) -> String {
        let kind = self.old_provinces.get(id.index()).map(|p| p.kind);
        self.spell(kind, self.bases.old_provinces + id.index())
    }

    /// The 2-digit code it had.
    pub fn old_province_code(&self, id: OldProvinceId) -> String {
        code(self.old_provinces.get(id.index()).map_or(0, |p| u16::from(p.code)), 2)
    }

    /// The province that it belongs to since July 2025.
    pub fn old_province_now(&self, id: OldProvinceId) -> ProvinceId {
        self.old_provinces.get(id.index()).map_or(ProvinceId(0), |p| p.now)
    }

    /// `Quận 1`, `Thành phố Thủ Đức`.
    pub fn district_name(&self, id: DistrictId) -> String {
        let kind = self.districts.get(id.index()).map(|d| d.kind);
        self.spell(kind, self.bases.districts + id.index())
    }

    /// The 3-digit code it had.
    pub fn district_code(&self, id: DistrictId) -> String {
        code(self.districts.get(id.index()).map_or(0, |d| d.code), 3)
    }

    /// The province it belonged to until June 2025.
    pub fn district_province(&self, id: DistrictId) -> OldProvinceId {
        self.districts.get(id.index()).map_or(OldProvinceId(0), |d| d.province)
    }

    /// The wards since July 2025 that lie, at least in part, where the district was.
    pub fn district_wards(&self, id: DistrictId) -> impl Iterator<Item = WardId> + '_ {
        self.district_wards.get(id.index()).iter().map(|w| WardId(*w))
    }

    /// The wards that the district had in June 2025.
    pub fn district_old_wards(&self, id: DistrictId) -> impl Iterator<Item = OldWardId> + '_ {
        let all = self.old_wards.iter().enumerate();
        all.filter(move |(_, o)| o.district == id).map(|(i, _)| OldWardId(narrow(i)))
    }

    /// `Phường Sài Gòn`.
    pub fn ward_name(&self, id: WardId) -> String {
        let kind = self.wards.get(id.index()).map(|w| w.kind);
        self.spell(kind, self.bases.wards + id.index())
    }

    /// The 5-digit code.
    pub fn ward_code(&self, id: WardId) -> String {
        code(self.wards.get(id.index()).map_or(0, |w| w.code), 5)
    }

    /// What the ward is called: phường, xã or đặc khu.
    pub fn ward_kind(&self, id: WardId) -> UnitKind {
        self.wards.get(id.index()).map_or(UnitKind::Xa, |w| w.kind)
    }

    /// Its province.
    pub fn ward_province(&self, id: WardId) -> ProvinceId {
        self.wards.get(id.index()).map_or(ProvinceId(0), |w| w.province)
    }

    /// The middle of the ward: latitude and longitude in degrees, kept to 10⁻⁴ (about 11 m).
    pub fn ward_point(&self, id: WardId) -> (f64, f64) {
        let row = self.wards.get(id.index());
        row.map_or((0.0, 0.0), |w| (f64::from(w.lat) / 1e4, f64::from(w.lon) / 1e4))
    }

    /// The wards of June 2025 that went into it, whole or in part.
    pub fn ward_made_of(&self, id: WardId) -> impl Iterator<Item = OldWardId> + '_ {
        self.made_of.get(id.index()).iter().map(|o| OldWardId(*o))
    }

    /// The old districts it lies in.
    pub fn ward_districts(&self, id: WardId) -> impl Iterator<Item = DistrictId> + '_ {
        self.ward_districts.get(id.index()).iter().map(|d| DistrictId(*d))
    }

    /// `Phường Bến Nghé`.
    pub fn old_ward_name(&self, id: OldWardId) -> String {
        let kind = self.old_wards.get(id.index()).map(|w| w.kind);
        self.spell(kind, self.bases.old_wards + id.index())
    }

    /// The 5-digit code it had.
    pub fn old_ward_code(&self, id: OldWardId) -> String {
        code(self.old_wards.get(id.index()).map_or(0, |w| w.code), 5)
    }

    /// The district it belonged to.
    pub fn old_ward_district(&self, id: OldWardId) -> DistrictId {
        self.old_wards.get(id.index()).map_or(DistrictId(0), |w| w.district)
    }

    /// The ward, or wards, that it became. More than one: it was divided, and only the person
    /// knows which part is theirs.
    pub fn old_ward_became(&self, id: OldWardId) -> impl Iterator<Item = WardId> + '_ {
        self.became.get(id.index()).iter().map(|w| WardId(*w))
    }
}
