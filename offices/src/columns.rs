//! Reading the columns of the compact format, section by section.

use crate::directory::{DistrictRow, Lists, OldProvinceRow, OldWardRow, ProvinceRow, WardRow};
use crate::names::narrow;
use crate::office::{Limits, Office};
use crate::reader::Reader;
use crate::units::{DistrictId, OldProvinceId, ProvinceId, UnitKind};

fn kind(r: &mut Reader<'_>) -> Option<UnitKind> {
    UnitKind::from_u8(r.u8()?)
}

pub(crate) fn read_provinces(r: &mut Reader<'_>) -> Option<Vec<ProvinceRow>> {
    let n = r.count()?;
    let row = |_| {
        let (code, kind) = (r.u8()?, kind(r)?);
        Some(ProvinceRow { code, kind, lat: r.delta(0)?, lon: r.delta(0)? })
    };
    (0..n).map(row).collect()
}

pub(crate) fn read_old_provinces(
    r: &mut Reader<'_>,
    provinces: usize,
) -> Option<Vec<OldProvinceRow>> {
    let n = r.count()?;
    let row = |_| {
        let (code, kind) = (r.u8()?, kind(r)?);
        Some(OldProvinceRow { code, kind, now: ProvinceId(r.index(provinces)?) })
    };
    (0..n).map(row).collect()
}

pub(crate) fn read_districts(r: &mut Reader<'_>, old_provinces: usize) -> Option<Vec<DistrictRow>> {
    let n = r.count()?;
    let mut code = 0;
    let row = |_| {
        code = r.delta(code)?;
        let (kind, province) = (kind(r)?, OldProvinceId(r.index(old_provinces)?));
        Some(DistrictRow { code: u16::try_from(code).ok()?, kind, province, became: 0 })
    };
    (0..n).map(row).collect()
}

/// Columns one after another: code, kind, province, latitude, longitude.
pub(crate) fn read_wards(r: &mut Reader<'_>, provinces: usize) -> Option<Vec<WardRow>> {
    let n = r.count()?;
    let codes = read_codes(r, n)?;
    let kinds = r.take(n)?;
    let provinces = (0..n).map(|_| r.index(provinces)).collect::<Option<Vec<_>>>()?;
    let lats = read_degrees(r, n)?;
    let lons = read_degrees(r, n)?;
    let mut out = Vec::with_capacity(n);
    for (i, code) in codes.into_iter().enumerate() {
        out.push(WardRow {
            code,
            kind: UnitKind::from_u8(*kinds.get(i)?)?,
            province: ProvinceId(*provinces.get(i)?),
            lat: *lats.get(i)?,
            lon: *lons.get(i)?,
            office: 0,
            former_office: 0,
        });
    }
    Some(out)
}

/// 10⁻⁴ degrees, each told as the difference from the one before; refused beyond the globe.
fn read_degrees(r: &mut Reader<'_>, n: usize) -> Option<Vec<i32>> {
    let mut at = 0;
    let next = |_| {
        at = r.delta(at)?;
        (at.abs() <= 1_800_000).then_some(at)
    };
    (0..n).map(next).collect()
}

fn read_codes(r: &mut Reader<'_>, n: usize) -> Option<Vec<u16>> {
    let mut code = 0;
    let next = |_| {
        code = r.delta(code)?;
        u16::try_from(code).ok()
    };
    (0..n).map(next).collect()
}

/// Columns: code, kind, district; then for each the new wards, the last one marked by bit 0.
pub(crate) fn read_old_wards(
    r: &mut Reader<'_>,
    districts: usize,
    wards: usize,
) -> Option<(Vec<OldWardRow>, Lists)> {
    let n = r.count()?;
    let codes = read_codes(r, n)?;
    let kinds = r.take(n)?;
    let mut rows = Vec::with_capacity(n);
    let mut district = 0i32;
    for (i, code) in codes.into_iter().enumerate() {
        district = r.delta(district)?;
        let id = u16::try_from(district).ok().filter(|d| usize::from(*d) < districts)?;
        let kind = UnitKind::from_u8(*kinds.get(i)?)?;
        rows.push(OldWardRow { code, kind, district: DistrictId(id) });
    }
    let mut lists = Lists { at: vec![0], flat: Vec::with_capacity(n + n / 16) };
    let mut previous = 0i32;
    for _ in 0..n {
        loop {
            let z = r.varint()?;
            let step = (z >> 2).cast_signed() ^ -(z >> 1 & 1).cast_signed();
            previous = previous.checked_add(step)?;
            let ward = u16::try_from(previous).ok().filter(|w| usize::from(*w) < wards)?;
            lists.flat.push(ward);
            if z & 1 == 1 {
                break;
            }
        }
        lists.at.push(u32::try_from(lists.flat.len()).ok()?);
    }
    Some((rows, lists))
}

pub(crate) fn read_offices<'a>(
    r: &mut Reader<'a>,
    provinces: usize,
    districts: usize,
) -> Option<Vec<Office<'a>>> {
    let n_texts = r.count()?;
    let mut texts = Vec::with_capacity(n_texts + 1);
    texts.push("");
    for _ in 0..n_texts {
        texts.push(r.text()?);
    }
    let n = r.count()?;
    let limits = Limits { provinces, districts, offices: n, texts: &texts };
    (0..n).map(|i| Office::read(r, narrow(i), &limits)).collect()
}

pub(crate) fn read_aliases(r: &mut Reader<'_>, entries: usize) -> Option<Vec<u16>> {
    let n = r.count()?;
    (0..n).map(|_| r.index(entries)).collect()
}
