//! What is near a place. The data has no coordinates of buildings: distances are to the middle of
//! a ward, in a straight line, and are said so.

use crate::directory::{Directory, WardRow};
use crate::names::narrow;
use crate::office::{Office, Status};
use crate::serving::{Basis, Serving};
use crate::units::{OfficeId, WardId};

/// Mean radius of the earth in km.
const EARTH: f64 = 6371.0088;
/// Length of a degree of latitude in km.
const DEGREE: f64 = EARTH * std::f64::consts::PI / 180.0;
/// Farther than this from the middle of every ward, in km, a place lies outside of the country or
/// far out at sea.
pub const OUTSIDE: f64 = 60.0;

/// Great-circle distance in km between two places (latitude, longitude in degrees).
pub fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let half_lat = ((lat_b - lat_a) / 2.0).sin();
    let half_lon = ((b.1 - a.1).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    2.0 * EARTH * h.sqrt().min(1.0).asin()
}

/// A ward with its distance and office.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// The ward.
    pub ward: WardId,
    /// From the place to the middle of the ward in km, in a straight line.
    pub km: f64,
    /// The office to turn to.
    pub serving: Option<Serving>,
}

/// What is near a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// The ward that the place looks like: its middle is the nearest. Not certain near borders.
    pub looks_like: Near,
    /// The nearest wards whose office is sourced, nearest first; `looks_like` is among them when
    /// its own office is.
    pub with_known_office: Vec<Near>,
    /// Offices with a sourced point of their building, with the distance to it in km.
    pub buildings: Vec<(OfficeId, f64)>,
    /// The place is more than [`OUTSIDE`] km from every ward: say so and offer the provinces.
    pub outside: bool,
}

/// The best `limit` wards so far, nearest first; equal distances in the order of the data.
struct Best {
    limit: usize,
    list: Vec<(f64, u16)>,
}

impl Best {
    /// Beyond this distance nothing enters the list any more.
    fn reach(&self) -> f64 {
        let full = self.list.len() >= self.limit;
        self.list.last().filter(|_| full).map_or(f64::INFINITY, |worst| worst.0)
    }

    fn offer(&mut self, km: f64, ward: u16) {
        if km >= self.reach() {
            return;
        }
        let at = self.list.partition_point(|(d, _)| *d <= km);
        self.list.insert(at, (km, ward));
        self.list.truncate(self.limit);
    }
}

impl Directory<'_> {
    /// What is near `lat`, `lon` (degrees, WGS 84): one ward, and at most `limit` wards whose
    /// office is known. `None` for numbers that are no place, or a directory without wards.
    pub fn nearest(&self, lat: f64, lon: f64, limit: usize) -> Option<Nearest> {
        if !((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)) {
            return None;
        }
        let place = (lat, lon);
        let (km, ward) = self.nearest_wards(place, 1, |_| true).first().copied()?;
        let near = |km: f64, ward: u16| {
            let ward = WardId(ward);
            Near { ward, km, serving: self.serving(ward) }
        };
        let known = |row: &WardRow| row.office != 0;
        let with_known_office = self.nearest_wards(place, limit, known);
        let with_known_office = with_known_office.into_iter().map(|(km, w)| near(km, w)).collect();
        let pointed = |o: &Office<'_>| {
            let point = o.point.filter(|_| o.status != Status::Closed)?;
            Some((o.key, distance_km(place, point)))
        };
        let mut buildings: Vec<(OfficeId, f64)> =
            self.offices().iter().filter_map(pointed).collect();
        buildings.sort_by(|a, b| a.1.total_cmp(&b.1));
        buildings.truncate(limit);
        let looks_like = near(km, ward);
        Some(Nearest { looks_like, with_known_office, buildings, outside: km > OUTSIDE })
    }

    /// The nearest wards among those wanted. Exact: a ward is only skipped when its difference in
    /// latitude alone is farther than what was found.
    fn nearest_wards(
        &self,
        place: (f64, f64),
        limit: usize,
        wanted: impl Fn(&WardRow) -> bool,
    ) -> Vec<(f64, u16)> {
        let mut best = Best { limit, list: Vec::with_capacity(limit + 1) };
        if limit == 0 {
            return best.list;
        }
        for (i, row) in self.wards.iter().enumerate() {
            let point = (f64::from(row.lat) / 1e4, f64::from(row.lon) / 1e4);
            if (point.0 - place.0).abs() * DEGREE <= best.reach() && wanted(row) {
                best.offer(distance_km(place, point), narrow(i));
            }
        }
        best.list
    }
}

impl Near {
    /// A published list names the office for this ward.
    pub fn is_sourced(&self) -> bool {
        self.serving.is_some_and(|s| s.basis == Basis::Sourced)
    }
}
