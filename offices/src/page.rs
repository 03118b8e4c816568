//! Lists of offices and wards in pages, for programs: the same answers as on the pages, in a
//! stable order.
//!
//! A cursor is opaque: it holds a place in the list and a mark of what the list is of. With other
//! data or another question it is refused, so that no page is skipped or shown twice unnoticed.

use crate::directory::Directory;
use crate::office::Level;
use crate::search::{Answer, Hit, Subject};
use crate::serving::Serving;
use crate::units::{OfficeId, ProvinceId, WardId};

/// Rows of search that a list is made from.
const ROWS: usize = 50;
/// Nearest wards that a list of offices is made from.
const NEAR: usize = 50;

/// What a list is to be of. All parts may be left out; `near` goes before `ward`, `ward` before
/// `text`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Question<'q> {
    /// What a person typed.
    pub text: &'q str,
    /// A ward since July 2025.
    pub ward: Option<WardId>,
    /// A place: latitude and longitude in degrees.
    pub near: Option<(f64, f64)>,
    /// Where the last page ended.
    pub cursor: Option<&'q str>,
    /// At most so many items on this page.
    pub limit: usize,
}

/// The cursor is malformed, or belongs to other data or another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCursor;

impl std::fmt::Display for BadCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the cursor belongs to another list")
    }
}

impl std::error::Error for BadCursor {}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The items in order.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

/// An office in a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfficeItem {
    /// The office.
    pub office: OfficeId,
    /// The ward by which it was found and why it is this office; none when it was found by itself.
    pub by: Option<(WardId, Serving)>,
    /// Distance in km to the middle of that ward, where a place was asked for.
    pub km: Option<f64>,
}

/// A ward in a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WardItem {
    /// The ward.
    pub ward: WardId,
    /// The office to turn to.
    pub serving: Option<Serving>,
}

impl Directory<'_> {
    /// Offices for a question; all offices for none.
    pub fn offices_page(&self, question: &Question<'_>) -> Result<Page<OfficeItem>, BadCursor> {
        let mut out: Vec<OfficeItem> = Vec::new();
        let add = |out: &mut Vec<OfficeItem>, item: Option<OfficeItem>| {
            let new = |i: &OfficeItem| out.iter().all(|o| o.office != i.office);
            let item = item.filter(new);
            out.extend(item);
        };
        let by_ward = |ward: WardId, km: Option<f64>| {
            let serving = self.serving(ward)?;
            Some(OfficeItem { office: serving.office, by: Some((ward, serving)), km })
        };
        if let Some((lat, lon)) = question.near {
            let found = self.nearest(lat, lon, NEAR);
            let near = found
                .iter()
                .flat_map(|n| std::iter::once(&n.looks_like).chain(&n.with_known_office));
            for near in near {
                add(&mut out, by_ward(near.ward, Some(near.km)));
            }
        } else if let Some(ward) = question.ward {
            add(&mut out, by_ward(ward, None));
        } else if question.text.trim().is_empty() {
            let all = self.offices().iter();
            out.extend(all.map(|o| OfficeItem { office: o.key, by: None, km: None }));
        } else {
            for hit in self.search(question.text, ROWS).hits {
                for office in self.offices_of(&hit) {
                    add(&mut out, Some(OfficeItem { office, by: None, km: None }));
                }
                for ward in self.wards_of(&hit) {
                    add(&mut out, by_ward(ward, None));
                }
            }
        }
        self.cut(question, b'o', out)
    }

    /// Wards for a question; all wards for none.
    pub fn wards_page(&self, question: &Question<'_>) -> Result<Page<WardItem>, BadCursor> {
        let mut wards: Vec<WardId> = Vec::new();
        let mut seen = vec![false; self.wards.len()];
        let mut add = |ward: WardId| {
            if let Some(slot) = seen.get_mut(ward.index()).filter(|s| !**s) {
                *slot = true;
                wards.push(ward);
            }
        };
        if question.text.trim().is_empty() {
            self.wards().for_each(&mut add);
        } else {
            for hit in self.search(question.text, ROWS).hits {
                match &hit.subject {
                    Subject::Province(id) => self.province_wards(*id).for_each(&mut add),
                    Subject::OldProvince(id) => {
                        let inside = |ward: &WardId| {
                            self.ward_districts(*ward).any(|d| self.district_province(d) == *id)
                        };
                        self.wards().filter(inside).for_each(&mut add);
                    }
                    Subject::Office(id) => self.office_wards(*id).for_each(&mut add),
                    _ => self.wards_of(&hit).into_iter().for_each(&mut add),
                }
            }
        }
        let page = self.cut(question, b'w', wards)?;
        let item = |ward| WardItem { ward, serving: self.serving(ward) };
        Ok(Page { items: page.items.into_iter().map(item).collect(), next: page.next })
    }

    /// The wards of a province.
    pub fn province_wards(&self, province: ProvinceId) -> impl Iterator<Item = WardId> + '_ {
        self.wards().filter(move |w| self.ward_province(*w) == province)
    }

    /// The offices in a province, the provincial one first.
    pub fn province_offices(&self, province: ProvinceId) -> impl Iterator<Item = OfficeId> + '_ {
        let of = move |level| {
            let here = move |o: &&crate::Office<'_>| o.province == province && o.level == level;
            self.offices().iter().filter(here).map(|o| o.key)
        };
        of(Level::Provincial).chain(of(Level::Local))
    }

    /// The offices that a row itself names.
    fn offices_of(&self, hit: &Hit) -> Vec<OfficeId> {
        match &hit.answer {
            Answer::Office(id) => vec![*id],
            Answer::Closed { office, now } => {
                std::iter::once(*office).chain(now.iter().copied()).collect()
            }
            Answer::Province { province, office } => match hit.subject {
                Subject::Province(_) => self.province_offices(*province).collect(),
                _ => office.iter().copied().collect(),
            },
            _ => Vec::new(),
        }
    }

    /// The wards since July 2025 that a row leads to.
    fn wards_of(&self, hit: &Hit) -> Vec<WardId> {
        match &hit.answer {
            Answer::Ward { ward, .. } => vec![*ward],
            Answer::AskPart(wards) | Answer::AskWard(wards) => wards.clone(),
            Answer::AskDistrict(olds) => {
                olds.iter().flat_map(|o| self.old_ward_became(*o)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Cuts a page out of a whole list.
    fn cut<T>(&self, question: &Question<'_>, list: u8, all: Vec<T>) -> Result<Page<T>, BadCursor> {
        let mark = self.mark(question, list);
        let start = match question.cursor {
            None => 0,
            Some(cursor) => {
                read_cursor(cursor, mark).filter(|s| *s <= all.len()).ok_or(BadCursor)?
            }
        };
        let end = start.saturating_add(question.limit.max(1)).min(all.len());
        let next = (end < all.len()).then(|| write_cursor(end, mark));
        let items = all.into_iter().skip(start).take(end - start).collect();
        Ok(Page { items, next })
    }

    /// Differs for other data and other questions.
    fn mark(&self, question: &Question<'_>, list: u8) -> u32 {
        let near = question.near.map(|(lat, lon)| [lat.to_le_bytes(), lon.to_le_bytes()].concat());
        let ward = question.ward.map_or([u8::MAX; 2], |w| w.0.to_le_bytes());
        let sum = self.sum.to_le_bytes();
        let near = near.as_deref().unwrap_or_default();
        let parts = [&[list], sum.as_slice(), &ward, near, question.text.as_bytes()];
        crate::reader::checksum(&parts.concat())
    }
}

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn write_cursor(place: usize, mark: u32) -> String {
    let mut number = (place as u64) << 32 | u64::from(mark);
    let mut out = String::with_capacity(13);
    while number > 0 || out.is_empty() {
        out.push(DIGITS.get((number % 32) as usize).copied().map_or('0', char::from));
        number /= 32;
    }
    out
}

fn read_cursor(text: &str, mark: u32) -> Option<usize> {
    if text.is_empty() || text.len() > 10 {
        return None;
    }
    let number = text.bytes().rev().try_fold(0u64, |n, b| {
        let digit = DIGITS.iter().position(|d| *d == b)?;
        Some(n * 32 + digit as u64)
    })?;
    let place = usize::try_from(number >> 32).ok()?;
    (number & 0xFFFF_FFFF == u64::from(mark) && write_cursor(place, mark) == text).then_some(place)
}
