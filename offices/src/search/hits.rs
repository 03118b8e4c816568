//! From ranked entries to rows for people: what it is, where it leads, what to ask next.

use std::ops::Range;

use crate::directory::Directory;
use crate::names::narrow;
use crate::office::Status;
use crate::search::query::{MAX_TOKENS, Marker, Query, WARD};
use crate::search::rank::{Ranked, Ranker};
use crate::serving::{Change, Serving};
use crate::units::{DistrictId, OfficeId, OldProvinceId, OldWardId, ProvinceId, UnitKind, WardId};

/// Nothing below this, and words unexplained: then typing mistakes are looked for.
const GOOD: u16 = 18;
/// Rows this much worse than the best are left out.
const SPREAD: u16 = 20;
/// Rows that leave more of the query unexplained than the best, by this much, are left out.
const UNEXPLAINED: u16 = 6;
/// What it costs at least to miss a word that people mean: neither a filler nor a letter just begun.
const MEANT: u16 = 20;

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A province since July 2025.
    Province(ProvinceId),
    /// A province until June 2025 that went into another.
    OldProvince(OldProvinceId),
    /// A district until June 2025.
    District(DistrictId),
    /// A ward since July 2025.
    Ward(WardId),
    /// A ward until June 2025.
    OldWard(OldWardId),
    /// Several old wards of one name in one old province: the district decides.
    Homonyms(Vec<OldWardId>),
    /// An office.
    Office(OfficeId),
}

/// Where a row leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One ward since July 2025 and the office to turn to.
    Ward {
        /// The ward.
        ward: WardId,
        /// The office, and how sure that is.
        serving: Option<Serving>,
    },
    /// The old ward was divided: ask which of these parts.
    AskPart(Vec<WardId>),
    /// Ask which of these old wards, by their districts.
    AskDistrict(Vec<OldWardId>),
    /// Ask for the ward; these are the district's.
    AskWard(Vec<WardId>),
    /// A province: its provincial office, and more words are needed for a nearer one.
    Province {
        /// The province since July 2025.
        province: ProvinceId,
        /// Its provincial office.
        office: Option<OfficeId>,
    },
    /// An office that is open, or of which no more is known than its name.
    Office(OfficeId),
    /// A closed office, and where to go now.
    Closed {
        /// The closed office.
        office: OfficeId,
        /// Where to go instead.
        now: Vec<OfficeId>,
    },
}

/// One row of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// What it is about.
    pub subject: Subject,
    /// Its name in the original spelling: `Phường Bến Nghé`.
    pub name: String,
    /// The other or former name by which it was found: `BHXH quận 1` is found as `quận 1`.
    pub alias: Option<String>,
    /// Matched parts of `name` (or of `alias`, when there is one), counted in `char`s. All names
    /// lie in the Basic Multilingual Plane, so that these are UTF-16 units too.
    pub highlights: Vec<Range<u16>>,
    /// Where it leads.
    pub answer: Answer,
    /// Why the name is another today.
    pub change: Change,
    /// The part of the query, in `char`s, that names a ward nobody knows in this district: it is
    /// probably older than the data (June 2025). Say so, and offer what the answer has.
    pub unknown_ward: Option<Range<u16>>,
    /// How far the query is from this row; lower is better, 0 to 5 is exact.
    pub cost: u16,
}

/// What a search gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Rows, best first. Empty: offer the choice of a province, and the hotline.
    pub hits: Vec<Hit>,
    /// Nothing matches all that was typed: the rows suppose a typing mistake, or leave a word out
    /// (where they say themselves which, by [`Hit::unknown_ward`], this is `false`).
    pub corrected: bool,
}

impl Directory<'_> {
    /// Finds what `text` may mean; at most `limit` rows. Made for every keystroke: an empty text
    /// gives nothing, a begun word is completed.
    pub fn search(&self, text: &str, limit: usize) -> Results {
        let query = Query::read(text, self);
        if query.tokens.is_empty() {
            return Results::default();
        }
        let ranker = Ranker::new(self, &query, false);
        let ranked = ranker.rank();
        let good = |best: &Ranked| best.cost < GOOD || ranker.only_numbers(best.missing);
        if ranked.first().is_some_and(good) {
            return ranker.results(&ranked, limit, false);
        }
        let before = ranked.first().map_or(u16::MAX, |best| best.cost);
        let wide = Ranker::new(self, &query, true);
        let ranked = wide.rank();
        let guessed = ranked.first().is_some_and(|best| best.cost < before);
        wide.results(&ranked, limit, guessed)
    }
}

impl Ranker<'_, '_> {
    /// The rows, and whether they say something else than was typed; no row where hardly anything
    /// of it is in them. `guessed`: typing mistakes were supposed.
    fn results(&self, ranked: &[Ranked], limit: usize, guessed: bool) -> Results {
        let missing = ranked.first().map_or(0, |best| best.missing);
        let unexplained = self.query.set(|token| token.missing >= MEANT) & missing != 0;
        if (guessed || unexplained) && !self.is_grounded(missing) {
            return Results::default();
        }
        let hits = self.rows(ranked, limit);
        let says_which = hits.first().is_some_and(|hit| hit.unknown_ward.is_some());
        Results { hits, corrected: guessed || (unexplained && !says_which) }
    }

    /// What was found holds more than single letters and stray numbers: a word of a name, or a
    /// number with the kind that it counts (`quận 1`).
    fn is_grounded(&self, missing: u16) -> bool {
        let says = self.query.set(|token| {
            token.marker.is_none()
                && if token.is_number() { token.bound != 0 } else { token.text.len() > 1 }
        });
        says & !missing != 0
    }

    /// Rows for people from ranked entries.
    fn rows(&self, ranked: &[Ranked], limit: usize) -> Vec<Hit> {
        let worst = ranked.first().map_or(0, |r| r.cost.saturating_add(SPREAD));
        let missing = ranked.first().map_or(0, |r| self.missing_cost(r.missing)) + UNEXPLAINED;
        let mut hits: Vec<Hit> = Vec::new();
        let near = ranked.iter().take_while(|r| r.cost <= worst);
        for r in near.filter(|r| self.missing_cost(r.missing) <= missing) {
            if hits.len() == limit {
                break;
            }
            let Some(subject) = self.subject(*r) else { continue };
            if is_told(&hits, &subject, self.d) {
                continue;
            }
            hits.push(self.hit(*r, subject));
        }
        hits
    }

    /// Something is missing, and nothing but numbers: no typing mistake explains that.
    fn only_numbers(&self, missing: u16) -> bool {
        let missing = missing & self.weighty;
        let tokens = self.query.tokens.iter().enumerate();
        missing != 0 && tokens.filter(|(t, _)| missing >> t & 1 == 1).all(|(_, k)| k.is_number())
    }

    fn subject(&self, r: Ranked) -> Option<Subject> {
        let (b, target) = (&self.d.bases, self.target(usize::from(r.entry)));
        let id = |base: usize| narrow(target - base);
        Some(if target < b.old_provinces {
            Subject::Province(ProvinceId(id(0)))
        } else if target < b.districts {
            Subject::OldProvince(OldProvinceId(id(b.old_provinces)))
        } else if target < b.wards {
            Subject::District(DistrictId(id(b.districts)))
        } else if target < b.old_wards {
            Subject::Ward(WardId(id(b.wards)))
        } else if target < b.offices {
            let old = OldWardId(id(b.old_wards));
            let homonyms = if r.in_district { Vec::new() } else { self.homonyms(old) };
            if homonyms.len() > 1 { Subject::Homonyms(homonyms) } else { Subject::OldWard(old) }
        } else if target < b.aliases {
            Subject::Office(OfficeId(id(b.offices)))
        } else {
            return None;
        })
    }

    /// All old wards of the same kind and folded name in the same old province, itself included.
    fn homonyms(&self, old: OldWardId) -> Vec<OldWardId> {
        let d = self.d;
        let base = d.bases.old_wards;
        let name = d.names.get(base + old.index());
        let province = |o: OldWardId| d.district_province(d.old_ward_district(o));
        let kind = |o: OldWardId| d.old_wards.get(o.index()).map(|w| w.kind);
        let Some(first) = name.first() else { return Vec::new() };
        let same = d.postings.get(d.words.folded_of(*first)).iter().filter_map(|entry| {
            let entry = usize::from(*entry);
            let other = OldWardId(narrow(entry.checked_sub(base)?));
            (entry < d.bases.offices
                && d.same_name(d.names.get(entry), name)
                && kind(other) == kind(old)
                && province(other) == province(old))
            .then_some(other)
        });
        let mut out: Vec<OldWardId> = same.collect();
        // A word that stands twice in the name is posted twice.
        out.dedup();
        out
    }

    fn hit(&self, r: Ranked, subject: Subject) -> Hit {
        let d = self.d;
        let entry = usize::from(r.entry);
        let target = self.target(entry);
        let kind = self.kind(entry);
        let name = d.spell(kind, target);
        let alias = (entry != target).then(|| d.spell(None, entry));
        let shown_kind = if alias.is_some() { None } else { kind };
        let highlights = self.highlights(entry, shown_kind);
        let (answer, change) = self.answer(&subject);
        let unknown_ward = match subject {
            Subject::District(_) => self.unknown_ward(r.missing),
            _ => None,
        };
        Hit { subject, name, alias, highlights, answer, change, unknown_ward, cost: r.cost }
    }

    fn answer(&self, subject: &Subject) -> (Answer, Change) {
        let d = self.d;
        let ward = |ward: WardId| Answer::Ward { ward, serving: d.serving(ward) };
        let of_province = |province: ProvinceId| {
            let office = d.provincial_office(province).map(|o| o.key);
            Answer::Province { province, office }
        };
        match subject {
            Subject::Province(id) => (of_province(*id), Change::None),
            Subject::OldProvince(old) => {
                let new = d.old_province_now(*old);
                (of_province(new), Change::ProvinceMerged { old: *old, new })
            }
            Subject::District(id) => {
                let wards: Vec<WardId> = d.district_wards(*id).collect();
                let answer = match wards.as_slice() {
                    [only] => ward(*only),
                    _ => Answer::AskWard(wards),
                };
                (answer, Change::DistrictGone(*id))
            }
            Subject::Ward(id) => (ward(*id), Change::None),
            Subject::OldWard(old) => {
                let parts: Vec<WardId> = d.old_ward_became(*old).collect();
                match parts.as_slice() {
                    [new] => {
                        let (from, to) = (d.bases.old_wards, d.bases.wards);
                        let kept = d.same_name(
                            d.names.get(from + old.index()),
                            d.names.get(to + new.index()),
                        );
                        let (old, new) = (*old, *new);
                        let change = if kept {
                            Change::Kept { old, new }
                        } else {
                            Change::Renamed { old, new }
                        };
                        (ward(new), change)
                    }
                    _ => (Answer::AskPart(parts), Change::Divided(*old)),
                }
            }
            Subject::Homonyms(all) => (Answer::AskDistrict(all.clone()), Change::None),
            Subject::Office(id) => match d.office(*id) {
                Some(o) if o.status == Status::Closed => {
                    let now = o.successors().collect();
                    (Answer::Closed { office: *id, now }, Change::OfficeClosed(*id))
                }
                _ => (Answer::Office(*id), Change::None),
            },
        }
    }

    /// Matched parts of the spelled name, in `char`s, merged where only a space lies between.
    fn highlights(&self, entry: usize, kind: Option<UnitKind>) -> Vec<Range<u16>> {
        let d = self.d;
        let mut out: Vec<Range<u16>> = Vec::new();
        let mut at = 0u16;
        if let Some(kind) = kind {
            let length = narrow(kind.word().chars().count());
            let said =
                |t: &super::query::Token| matches!(t.marker, Some(Marker::Unit(k, _)) if k == kind);
            if self.query.tokens.iter().any(said) {
                out.push(0..length);
            }
            at = length + 1;
        }
        let (mut used, mut next) = (0u16, 0);
        let level = self.level(entry);
        let generic = d.generic_words(entry);
        for (i, word) in d.names.get(entry).iter().enumerate() {
            let spelled = d.words.spelled(*word);
            let length = narrow(spelled.chars().count());
            let folded = d.words.folded_of(*word);
            let found = if i < generic { None } else { self.best_token(folded, used, next, level) };
            if let Some((t, _)) = found {
                used |= 1 << t;
                next = t + 1;
                let typed = self.query.tokens.get(t).map_or(&[][..], |t| t.text.as_slice());
                let part = matched_part(spelled, d.words.folded(folded), typed);
                match out.last_mut().filter(|last| last.end + 1 == at) {
                    Some(last) => last.end = at + part,
                    None => out.push(at..at + part),
                }
            }
            at += length + 1;
        }
        out
    }

    /// The words for a ward that were found nowhere, with the word `phường` before them.
    fn unknown_ward(&self, missing: u16) -> Option<Range<u16>> {
        let mut range: Option<Range<u16>> = None;
        for (t, token) in self.query.tokens.iter().enumerate().take(MAX_TOKENS) {
            if missing >> t & 1 == 0 || token.marker.is_some() || token.missing < 12 {
                continue;
            }
            let marker = self.query.tokens.get(usize::from(token.bound_by));
            let start = match marker.filter(|_| token.bound & WARD != 0) {
                Some(m) => m.start.min(token.start),
                None => token.start,
            };
            let before = range.map_or(start, |r: Range<u16>| r.start.min(start));
            range = Some(before..token.end);
        }
        range
    }
}

/// How many characters of a spelled word the typed beginning covers; the whole word unless it was
/// only begun.
fn matched_part(spelled: &str, folded: &[u8], typed: &[u8]) -> u16 {
    let whole = spelled.chars().count();
    if typed.len() >= folded.len() || !folded.starts_with(typed) {
        return narrow(whole);
    }
    let mut letters = 0;
    for (i, c) in spelled.chars().enumerate() {
        if crate::fold::letter(c).is_some() {
            letters += 1;
            if letters == typed.len() {
                return narrow(i + 1);
            }
        }
    }
    narrow(whole)
}

/// The row would repeat one above: the same subject by another name, or an old ward that lives on
/// under its name.
fn is_told(hits: &[Hit], subject: &Subject, d: &Directory<'_>) -> bool {
    if hits.iter().any(|h| h.subject == *subject) {
        return true;
    }
    let Subject::OldWard(old) = subject else { return false };
    let [new] = d.became.get(old.index()) else { return false };
    let kept = d.same_name(
        d.names.get(d.bases.old_wards + old.index()),
        d.names.get(d.bases.wards + usize::from(*new)),
    );
    kept && hits.iter().any(|h| h.subject == Subject::Ward(WardId(*new)))
}
