//! The directory on the wire. What no source gives is left out, never filled.

use offices::{Basis, Confidence, Directory, Level, Office, Status, WardId};
use serde::Serialize;
use serde_json::Value;

use super::lists::Found;

/// The answer of `GET /offices`.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract names them so")]
pub(super) struct Offices {
    pub offices: Vec<OfficeRow>,
    /// The date of the newest source, `YYYY-MM-DD`.
    pub as_of: String,
    pub next: Option<String>,
}

/// The answer of `GET /wards`.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract names them so")]
pub(super) struct Wards {
    pub wards: Vec<WardRow>,
    pub as_of: String,
    pub next: Option<String>,
}

/// A unit by code and name.
#[derive(Serialize)]
pub(super) struct Unit {
    pub code: String,
    pub name: String,
}

#[derive(Serialize)]
pub(super) struct PhoneRow {
    pub shown: String,
    /// Digits to dial.
    pub dialled: String,
}

#[derive(Serialize)]
pub(super) struct Source {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// How sure the source is.
    pub confidence: &'static str,
}

#[derive(Serialize)]
pub(super) struct Notice {
    pub vi: String,
    pub en: String,
}

#[derive(Serialize)]
pub(super) struct OfficeRow {
    pub id: String,
    pub name: String,
    pub former_names: Vec<String>,
    pub level: &'static str,
    pub status: &'static str,
    pub province: Unit,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The address names units from before July 2025: call first.
    pub address_is_old: bool,
    pub phones: Vec<PhoneRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// Where to go instead of a closed office.
    pub successors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    pub source: Source,
    /// Why it is the office of the ward asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<&'static str>,
    /// To the middle of the nearest ward it serves, in whole km, in a straight line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_km: Option<u32>,
}

/// The answer of `GET /offices/{id}`.
#[derive(Serialize)]
pub(super) struct OfficeDetail {
    #[serde(flatten)]
    pub row: OfficeRow,
    /// The wards it serves by a published list.
    pub wards: Vec<Unit>,
    pub as_of: String,
}

/// A ward of June 2025 that went into a new one.
#[derive(Serialize)]
pub(super) struct OldWard {
    pub code: String,
    pub name: String,
    pub district: String,
    pub province: String,
    /// Only a part of it did.
    pub divided: bool,
}

#[derive(Serialize)]
pub(super) struct WardRow {
    pub code: String,
    pub name: String,
    pub province: Unit,
    pub old: Vec<OldWard>,
    /// The id of the office to turn to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<&'static str>,
}

/// `20260424` as `2026-04-24`.
pub(super) fn date(number: u32) -> String {
    format!("{:04}-{:02}-{:02}", number / 10_000, number / 100 % 100, number % 100)
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Sourced => "sourced",
        Basis::Merged => "merged",
        Basis::Provincial => "provincial",
    }
}

/// An office of a list.
pub(super) fn office(d: &Directory<'_>, found: &Found) -> Option<OfficeRow> {
    let mut row = plain(d, d.office(found.office)?);
    row.basis = found.basis.map(basis);
    row.distance_km = found.km.map(whole_km);
    Some(row)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a distance on earth is between 0 and 20,100 km"
)]
fn whole_km(km: f64) -> u32 {
    km.round() as u32
}

/// An office by itself.
pub(super) fn office_detail(d: &Directory<'_>, office: &Office<'_>) -> OfficeDetail {
    let wards = d.office_wards(office.key);
    OfficeDetail {
        row: plain(d, office),
        wards: wards.map(|w| Unit { code: d.ward_code(w), name: d.ward_name(w) }).collect(),
        as_of: date(d.as_of()),
    }
}

fn plain(d: &Directory<'_>, o: &Office<'_>) -> OfficeRow {
    let former = o.former_names.split(';').map(str::trim).filter(|name| !name.is_empty());
    let id = |key| d.office(key).map(|o| o.id.to_owned());
    OfficeRow {
        id: o.id.to_owned(),
        name: d.office_name(o.key),
        former_names: former.map(str::to_owned).collect(),
        level: match o.level {
            Level::Central => "central",
            Level::Provincial => "provincial",
            Level::Local => "local",
        },
        status: match o.status {
            Status::Current => "current",
            Status::BeforeJuly2025 => "before-july-2025",
            Status::Closed => "closed",
            Status::NameOnly => "name-only",
        },
        province: Unit { code: d.province_code(o.province), name: d.province_name(o.province) },
        address: some(o.address),
        address_is_old: o.address_uses_old_names,
        phones: o
            .phones()
            .map(|p| PhoneRow { shown: p.shown().to_owned(), dialled: p.dialled() })
            .collect(),
        email: some(o.email),
        website: some(o.website),
        hours: some(o.hours),
        successors: o.successors().filter_map(id).collect(),
        notice: (!o.notice_vi.is_empty())
            .then(|| Notice { vi: o.notice_vi.to_owned(), en: o.notice_en.to_owned() }),
        source: Source {
            url: some(o.source_url),
            note: some(o.source_note),
            date: some(o.source_date),
            confidence: match o.confidence {
                Confidence::Low => "low",
                Confidence::Medium => "medium",
                Confidence::High => "high",
            },
        },
        basis: None,
        distance_km: None,
    }
}

/// A ward with its history and its office.
pub(super) fn ward(d: &Directory<'_>, ward: WardId) -> WardRow {
    let province = d.ward_province(ward);
    let serving = d.serving(ward);
    let old = |old| {
        let district = d.old_ward_district(old);
        OldWard {
            code: d.old_ward_code(old),
            name: d.old_ward_name(old),
            district: d.district_name(district),
            province: d.old_province_name(d.district_province(district)),
            divided: d.old_ward_became(old).count() > 1,
        }
    };
    WardRow {
        code: d.ward_code(ward),
        name: d.ward_name(ward),
        province: Unit { code: d.province_code(province), name: d.province_name(province) },
        old: d.ward_made_of(ward).map(old).collect(),
        office: serving.and_then(|s| d.office(s.office)).map(|o| o.id.to_owned()),
        basis: serving.map(|s| basis(s.basis)),
    }
}

/// An answer of each call with every field filled, for the schemas, and what may be missing.
pub fn examples() -> Vec<(&'static str, Value, &'static [&'static str])> {
    const OPTIONAL: &[&str] = &[
        "address",
        "email",
        "website",
        "hours",
        "notice",
        "url",
        "note",
        "date",
        "basis",
        "distance_km",
        "office",
        "next",
    ];
    let text = String::new;
    let unit = || Unit { code: text(), name: text() };
    let row = || OfficeRow {
        id: text(),
        name: text(),
        former_names: vec![text()],
        level: "",
        status: "",
        province: unit(),
        address: Some(text()),
        address_is_old: false,
        phones: vec![PhoneRow { shown: text(), dialled: text() }],
        email: Some(text()),
        website: Some(text()),
        hours: Some(text()),
        successors: vec![text()],
        notice: Some(Notice { vi: text(), en: text() }),
        source: Source {
            url: Some(text()),
            note: Some(text()),
            date: Some(text()),
            confidence: "",
        },
        basis: Some(""),
        distance_km: Some(0),
    };
    let old =
        OldWard { code: text(), name: text(), district: text(), province: text(), divided: false };
    let ward = WardRow {
        code: text(),
        name: text(),
        province: unit(),
        old: vec![old],
        office: Some(text()),
        basis: Some(""),
    };
    let offices = Offices { offices: vec![row()], as_of: text(), next: Some(text()) };
    let detail = OfficeDetail { row: row(), wards: vec![unit()], as_of: text() };
    let wards = Wards { wards: vec![ward], as_of: text(), next: Some(text()) };
    vec![
        ("Offices", serde_json::to_value(offices).unwrap_or_default(), OPTIONAL),
        ("Office", serde_json::to_value(detail).unwrap_or_default(), OPTIONAL),
        ("Wards", serde_json::to_value(wards).unwrap_or_default(), OPTIONAL),
    ]
}
