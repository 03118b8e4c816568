//! What is near a place. The place comes from the device and stays on it.

use offices::{Directory, Near};
use recovery::locale::Locale;

use crate::{
    hits::Found,
    html::{Html, base},
    words::Words,
};

/// Wards with a known office beside the one the place looks like.
const OTHERS: usize = 6;

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
pub fn near(d: &Directory<'_>, lang: Locale, lat: f64, lon: f64) -> Found {
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
    let others: Vec<&Near> =
        nearest.with_known_office.iter().filter(|n| n.ward != here.ward).take(OTHERS).collect();
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
