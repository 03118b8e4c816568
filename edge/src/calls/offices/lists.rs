//! Which offices and wards a query means, best first.

use offices::{Answer, Basis, Directory, Level, OfficeId, Serving, Status, WardId, distance_km};

use super::input::OfficesQuery;
use crate::http::problem::Problem;

/// Rows that search may give: more than one looks through anyway.
const ROWS: usize = 50;

/// An office in an answer, and what the query has to do with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub office: OfficeId,
    /// Why it is the office of the ward asked for.
    pub basis: Option<Basis>,
    /// To the middle of the nearest ward it serves, or to a sourced point of the building.
    pub km: Option<f64>,
}

impl From<OfficeId> for Found {
    fn from(office: OfficeId) -> Self {
        Self { office, basis: None, km: None }
    }
}

impl From<Serving> for Found {
    fn from(serving: Serving) -> Self {
        Self { office: serving.office, basis: Some(serving.basis), km: None }
    }
}

/// The offices that a query means; 422 on `ward` for a code that no ward has.
pub(super) fn offices(d: &Directory<'_>, asked: &OfficesQuery) -> Result<Vec<Found>, Problem> {
    let place = asked.place.map(|(lat, lon)| (f64::from(lat) / 100.0, f64::from(lon) / 100.0));
    let mut found: Vec<Found> = match (&asked.text, place) {
        (Some(text), _) => of_text(d, text),
        (None, Some(place)) if asked.ward.is_none() => return Ok(near(d, place)),
        _ => d.offices().iter().map(|office| office.key.into()).collect(),
    };
    if let Some(code) = &asked.ward {
        let ward = d.ward_by_code(code).ok_or_else(|| Problem::field("ward", "unknown"))?;
        let serving: Vec<Found> = d.serving(ward).map(Found::from).into_iter().collect();
        found = match asked.text {
            // The office of the ward, if the text means it too.
            Some(_) => {
                serving.into_iter().filter(|s| found.iter().any(|f| f.office == s.office)).collect()
            }
            None => serving,
        };
    }
    if let Some(place) = place {
        sort_by_distance(d, &mut found, place);
    }
    Ok(found)
}

/// The office of the ward that the place looks like, then all others whose wards are known.
fn near(d: &Directory<'_>, place: (f64, f64)) -> Vec<Found> {
    let Some(nearest) = d.nearest(place.0, place.1, 0).filter(|n| !n.outside) else {
        return Vec::new();
    };
    let here = nearest.looks_like.serving.map(Found::from);
    let mut others: Vec<Found> = d
        .offices()
        .iter()
        .filter(|o| o.status != Status::Closed && Some(o.key) != here.map(|h| h.office))
        .map(|o| o.key.into())
        .collect();
    sort_by_distance(d, &mut others, place);
    others.retain(|f| f.km.is_some());
    let here = here.map(|h| Found { km: Some(nearest.looks_like.km), ..h });
    here.into_iter().chain(others).collect()
}

/// Nearest first; offices of which no place is known come last, in their order.
fn sort_by_distance(d: &Directory<'_>, found: &mut [Found], place: (f64, f64)) {
    let mut km: Vec<(OfficeId, f64)> = Vec::new();
    for ward in d.wards() {
        let Some(Serving { office, basis: Basis::Sourced, .. }) = d.serving(ward) else { continue };
        let here = distance_km(place, d.ward_point(ward));
        match km.iter_mut().find(|(id, _)| *id == office) {
            Some((_, least)) => *least = least.min(here),
            None => km.push((office, here)),
        }
    }
    for entry in found.iter_mut() {
        let point = d.office(entry.office).and_then(|o| o.point);
        entry.km = match point {
            Some(point) => Some(distance_km(place, point)),
            None => km.iter().find(|(id, _)| *id == entry.office).map(|(_, km)| *km),
        };
    }
    found.sort_by(|a, b| a.km.unwrap_or(f64::INFINITY).total_cmp(&b.km.unwrap_or(f64::INFINITY)));
}

/// The offices that a text means, by place or by name.
pub(super) fn of_text(d: &Directory<'_>, text: &str) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    for hit in d.search(text, ROWS).hits {
        led_to(d, hit.answer, &mut out);
    }
    out
}

/// Adds the offices that a row leads to, each once.
fn led_to(d: &Directory<'_>, answer: Answer, out: &mut Vec<Found>) {
    let mut add = |found: Found| {
        if !out.iter().any(|f| f.office == found.office) {
            out.push(found);
        }
    };
    match answer {
        Answer::Office(id) => add(id.into()),
        Answer::Closed { office, now } => {
            add(office.into());
            for id in now {
                add(id.into());
            }
        }
        Answer::Province { province, office } => {
            if let Some(id) = office {
                add(id.into());
            }
            let here = d.offices().iter().filter(|o| o.level == Level::Local);
            here.filter(|o| o.province == province).for_each(|o| add(o.key.into()));
        }
        Answer::Ward { serving, .. } => serving.into_iter().for_each(|s| add(s.into())),
        Answer::AskPart(wards) | Answer::AskWard(wards) => {
            wards.into_iter().filter_map(|w| d.serving(w)).for_each(|s| add(s.into()));
        }
        Answer::AskDistrict(olds) => {
            let wards = olds.into_iter().flat_map(|old| d.old_ward_became(old));
            wards.filter_map(|w| d.serving(w)).for_each(|s| add(s.into()));
        }
    }
}

/// What a text means to somebody who must name one office.
#[derive(Debug, Default)]
pub struct Meant {
    /// Whether it is a name as it stands, and not one supposed behind a slip or a part of one.
    pub exact: bool,
    /// The offices of the rows that fit best, all alike: one, where no other place is named so.
    pub best: Vec<OfficeId>,
    /// All offices, those that stand alone for a row before those of a whole district.
    pub all: Vec<OfficeId>,
}

/// Rows up to here are names as they stand: with another word for ward or district at most.
const EXACT: u16 = 6;
/// Rows so much worse than the best differ by the word for ward, district or office only.
const NEAR: u16 = 2;

/// See [`Meant`].
pub(super) fn meant(d: &Directory<'_>, text: &str) -> Meant {
    let found = d.search(text, ROWS);
    let least = found.hits.first().map_or(u16::MAX, |hit| hit.cost);
    let (mut best, mut alone, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for hit in found.hits {
        let mut these = Vec::new();
        led_to(d, hit.answer, &mut these);
        let is_near = hit.cost <= EXACT.max(least.saturating_add(NEAR));
        let is_alone = is_near && these.len() == 1;
        let these = these.iter().map(|found| found.office);
        if hit.cost == least {
            best.extend(these.clone());
        }
        if is_alone { &mut alone } else { &mut others }.extend(these);
    }
    alone.append(&mut others);
    Meant { exact: !found.corrected && least <= EXACT, best, all: alone }
}

/// The wards that a text means, all of them without one.
pub(super) fn wards(d: &Directory<'_>, text: Option<&str>) -> Vec<WardId> {
    let Some(text) = text else { return d.wards().collect() };
    let mut out: Vec<WardId> = Vec::new();
    let mut add = |ward: WardId| {
        if !out.contains(&ward) {
            out.push(ward);
        }
    };
    for hit in d.search(text, ROWS).hits {
        match hit.answer {
            Answer::Ward { ward, .. } => add(ward),
            Answer::AskPart(wards) | Answer::AskWard(wards) => wards.into_iter().for_each(&mut add),
            Answer::AskDistrict(olds) => {
                olds.into_iter().flat_map(|old| d.old_ward_became(old)).for_each(&mut add);
            }
            Answer::Province { province, .. } => {
                d.wards().filter(|w| d.ward_province(*w) == province).for_each(&mut add);
            }
            Answer::Office(office) | Answer::Closed { office, .. } => {
                d.office_wards(office).chain(d.office_former_wards(office)).for_each(&mut add);
            }
        }
    }
    out
}
