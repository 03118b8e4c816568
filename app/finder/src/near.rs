//! What is near a place. The place comes from the device and stays on it.

use offices::{Basis, Directory, Near};
use recovery::locale::Locale;

use crate::{
    hits::Found,
    html::{Html, base},
    words::Words,
};

/// From so many metres of doubt on a place may well be in another ward.
const ROUGH: f64 = 2_000.0;
/// Wards with a known office beside the one the place looks like.
const OTHERS: usize = 6;
/// Farther than this, in km, nobody looks for an office "near" them.
const FAR: f64 = 30.0;

/// While the device is asked for its place.
pub fn locating(lang: Locale) -> &'static str {
    Words::of(lang).locating
}

/// The person does not want their place to be known.
pub fn refused(lang: Locale) -> &'static str {
    Words::of(lang).refused
}

/// The device does not know its place.
pub fn unavailable(lang: Locale) -> &'static str {
    Words::of(lang).unavailable
}

/// The ward that a place looks like, its office, and the nearest wards whose office is known.
/// `doubt` is how far off the place may be, in metres: hundreds in town, tens of kilometres for a
/// device that knows no more than its provider's address.
pub fn near(d: &Directory<'_>, lang: Locale, (lat, lon): (f64, f64), doubt: f64) -> Found {
    let mut h = Html::new(lang);
    let w = h.words();
    let nearest = d.nearest(lat, lon, OTHERS + 1).filter(|n| !n.outside);
    let Some(nearest) = nearest else {
        h.raw("<p>").raw(w.outside).raw(" <a href=\"").raw(base(lang)).raw("#tinh\">");
        h.raw(w.choose_province).raw("</a></p>");
        return Found { html: h.finish(), status: w.outside.to_owned() };
    };
    let here = nearest.looks_like;
    h.raw("<div class=\"hit\"><h3>").raw(w.looks_like).raw("</h3>");
    if doubt >= ROUGH {
        h.raw("<p class=\"notice\">").say(w.rough, &[&whole(doubt / 1_000.0)]).raw("</p>");
    }
    h.raw("<p class=\"hint\">").distance(here.km).raw(" ").raw(w.borders).raw("</p>");
    h.ward(d, here.ward).raw("</div>");
    if !nearest.buildings.is_empty() {
        h.raw("<h3>").raw(w.near_buildings).raw("</h3><ul class=\"near\">");
        for (office, km) in &nearest.buildings {
            h.raw("<li>").office_link(d, *office).raw(" <span class=\"hint\">");
            h.say(w.km_building, &[&whole(*km)]).raw("</span></li>");
        }
        h.raw("</ul>");
    }
    let mut others = nearest.with_known_office.iter().filter(|n| n.ward != here.ward).peekable();
    let provincial = here.serving.filter(|s| s.basis == Basis::Provincial);
    if let (Some(office), Some(far)) = (provincial, others.peek().filter(|n| n.km > FAR)) {
        h.raw("<p>").weave(w.near_far, |h, place| {
            if place == 0 {
                h.text(&whole(far.km));
            } else {
                h.office_link(d, office.office);
            }
        });
        h.raw("</p>");
    }
    let others: Vec<&Near> = others.filter(|n| n.km <= FAR).take(OTHERS).collect();
    if !others.is_empty() {
        h.raw("<h3>").raw(w.near_others).raw("</h3><ul class=\"near\">");
        for near in others {
            h.raw("<li>").vietnamese(&d.ward_name(near.ward)).raw(": ");
            if let Some(serving) = near.serving {
                h.office_link(d, serving.office);
            }
            h.raw("<br><span class=\"hint\">").distance(near.km).raw("</span></li>");
        }
        h.raw("</ul>");
    }
    let mut status = Html::new(lang);
    status.say(w.near_status, &[&d.ward_name(here.ward)]);
    if doubt >= ROUGH {
        status.raw(" ").say(w.rough, &[&whole(doubt / 1_000.0)]);
    }
    Found { html: h.finish(), status: status.finish() }
}

impl Html {
    /// `khoảng 3 km tới giữa phường, đường chim bay`.
    fn distance(&mut self, km: f64) -> &mut Self {
        let w = self.words();
        if km < 1.0 { self.raw(w.km_less) } else { self.say(w.km_ward, &[&whole(km)]) }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a distance on earth is between 0 and 20,100 km"
)]
fn whole(km: f64) -> String {
    (km.round() as u32).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_may_be_kilometres_off_is_said_to_be() {
        let d = Directory::parse(offices::EMBEDDED).unwrap();
        for (doubt, said) in [(30.0, false), (1_999.0, false), (2_000.0, true), (25_000.0, true)] {
            let found = near(&d, Locale::Vi, (21.0352, 105.8143), doubt);
            assert_eq!(found.html.contains("chỉ biết vị trí"), said, "{doubt} m");
            assert_eq!(found.status.contains("chỉ biết vị trí"), said, "{doubt} m");
        }
        assert!(near(&d, Locale::Vi, (21.0, 105.8), 25_400.0).html.contains("khoảng 25 km"));
    }

    #[test]
    fn where_every_known_office_is_far_that_is_said_and_the_province_is_asked() {
        let d = Directory::parse(offices::EMBEDDED).unwrap();
        let da_lat = near(&d, Locale::Vi, (11.9404, 108.4583), 30.0).html;
        assert!(da_lat.contains("gần nhất cách khoảng 70 km. Hãy hỏi <a"), "{da_lat}");
        assert!(da_lat.contains("/co-quan/bhxh-tinh-lam-dong\">BHXH"), "{da_lat}");
        assert!(!da_lat.contains("<ul class=\"near\">"), "{da_lat}");
        let ba_dinh = near(&d, Locale::Vi, (21.0352, 105.8143), 30.0).html;
        assert_eq!(ba_dinh.matches("<li>").count(), OTHERS);
        assert!(!ba_dinh.contains("gần nhất cách"), "{ba_dinh}");
    }

    #[test]
    fn nothing_near_is_farther_than_thirty_kilometres() {
        let d = Directory::parse(offices::EMBEDDED).unwrap();
        for ward in d.wards() {
            let html = near(&d, Locale::En, d.ward_point(ward), 30.0).html;
            let listed = html.split("<ul class=\"near\">").nth(1).unwrap_or_default();
            for part in listed.split("About ").skip(1) {
                let km: u32 = part.split(' ').next().unwrap().parse().unwrap();
                assert!(km <= 30, "{}: {km} km", d.ward_name(ward));
            }
        }
    }

    #[test]
    fn abroad_the_provinces_are_the_way_on_however_rough_the_place() {
        let d = Directory::parse(offices::EMBEDDED).unwrap();
        for place in [(48.86, 2.35), (-90.0, 0.0), (0.0, 0.0), (35.68, 139.69)] {
            for doubt in [10.0, 50_000.0, f64::NAN, f64::INFINITY] {
                let found = near(&d, Locale::En, place, doubt);
                assert!(found.html.contains("/en/co-quan#tinh"), "{place:?}");
            }
        }
    }
}
