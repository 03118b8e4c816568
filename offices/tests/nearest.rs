//! Nearest wards against a reference that knows no shortcuts.

use offices::{Basis, Directory, WardId, distance_km};

#[expect(clippy::unwrap_used, reason = "a test that cannot read the data has nothing to test")]
fn directory() -> Directory<'static> {
    Directory::parse(offices::EMBEDDED).unwrap()
}

/// The place as a unit vector from the middle of the earth.
fn vector((lat, lon): (f64, f64)) -> [f64; 3] {
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// Distance in km by the chord between two vectors: another formula than the one under test.
fn chord_km(u: [f64; 3], v: [f64; 3]) -> f64 {
    let square: f64 = u.iter().zip(v).map(|(x, y)| (x - y) * (x - y)).sum();
    2.0 * (square.sqrt() / 2.0).asin() * 6371.0088
}

/// A small generator (splitmix64) with a fixed seed: the same points on every run.
struct Points(u64);

impl Points {
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Somewhere in or around Vietnam, the islands included.
    fn next(&mut self) -> (f64, f64) {
        (7.0 + 17.0 * self.unit(), 101.0 + 15.0 * self.unit())
    }
}

#[test]
fn ten_thousand_random_places_agree_with_a_brute_force_reference() {
    let d = directory();
    let wards: Vec<(WardId, [f64; 3], bool)> = d
        .wards()
        .map(|w| {
            let sourced = d.serving(w).is_some_and(|s| s.basis == Basis::Sourced);
            (w, vector(d.ward_point(w)), sourced)
        })
        .collect();
    let mut points = Points(2026);
    for _ in 0..10_000 {
        let place = points.next();
        let here = vector(place);
        let reference = |count: usize, only_sourced: bool| {
            let all = wards.iter().filter(|(_, _, sourced)| *sourced || !only_sourced);
            let mut all: Vec<(f64, WardId)> =
                all.map(|(w, at, _)| (chord_km(here, *at), *w)).collect();
            all.select_nth_unstable_by(count, |a, b| a.0.total_cmp(&b.0));
            all.truncate(count);
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
            all
        };
        let found = d.nearest(place.0, place.1, 3).unwrap();
        let (km, ward) = reference(1, false)[0];
        assert!((found.looks_like.km - km).abs() < 1e-6, "{place:?}");
        assert_eq!(found.looks_like.ward, ward, "{place:?}");
        assert_eq!(found.outside, km > offices::OUTSIDE);
        let known = reference(3, true);
        assert_eq!(found.with_known_office.len(), known.len());
        for (near, (km, ward)) in found.with_known_office.iter().zip(known) {
            assert!((near.km - km).abs() < 1e-6 && near.ward == ward, "{place:?}");
            assert!(near.is_sourced());
        }
    }
}

#[test]
fn the_middle_of_every_ward_looks_like_that_ward() {
    let d = directory();
    for ward in d.wards() {
        let (lat, lon) = d.ward_point(ward);
        let near = d.nearest(lat, lon, 1).unwrap().looks_like;
        assert!(near.ward == ward || d.ward_point(near.ward) == (lat, lon));
        assert!(near.km < 1e-9);
    }
}

#[test]
fn ben_thanh_market_looks_like_ward_ben_thanh_with_a_sourced_office() {
    let d = directory();
    let found = d.nearest(10.7725, 106.698, 5).unwrap();
    assert_eq!(d.ward_name(found.looks_like.ward), "Phường Bến Thành");
    let office = found.looks_like.serving.and_then(|s| d.office(s.office)).unwrap();
    assert_eq!(office.id, "tphcm-tan-dinh");
    assert!(!found.outside);
}

#[test]
fn a_place_abroad_is_said_to_be_outside() {
    assert!(directory().nearest(48.85, 2.35, 1).unwrap().outside);
}

#[test]
fn numbers_that_are_no_place_give_nothing() {
    let d = directory();
    for (lat, lon) in [(999.0, 106.0), (10.0, 181.0), (f64::NAN, 106.0), (10.0, f64::INFINITY)] {
        assert_eq!(d.nearest(lat, lon, 1), None);
    }
    assert!(d.nearest(10.0, 106.0, 0).unwrap().with_known_office.is_empty());
}

#[test]
fn hanoi_and_ho_chi_minh_city_are_some_1140_km_apart() {
    let km = distance_km((21.0285, 105.8542), (10.7769, 106.7009));
    assert!((1135.0..1145.0).contains(&km), "{km}");
}
