//! Results of a search: what was found, why its name changed, which office to go to, what to ask
//! next. Choices are `<details>`: they work by keyboard and finger alike, and their inside is
//! written when one is opened ([`choice`]).

use std::ops::Range;

use offices::{Answer, Change, Directory, Hit, OldWardId, Subject, WardId};
use recovery::locale::Locale;

use crate::html::Html;

/// Rows at most: more is no help on a telephone.
const ROWS: usize = 8;
/// A longer text is no name; the rest is not looked at.
const MOST: usize = 120;

/// What a search shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The rows, or what to do instead; empty for an empty text.
    pub html: String,
    /// How much was found, to be read aloud.
    pub status: String,
}

/// Searches, for every keystroke.
pub fn search(d: &Directory<'_>, lang: Locale, text: &str) -> Found {
    let text = text.trim();
    let text = text.char_indices().nth(MOST).map_or(text, |(end, _)| &text[..end]);
    if text.is_empty() {
        return Found { html: String::new(), status: String::new() };
    }
    let mut h = Html::new(lang);
    let w = h.words();
    let results = d.search(text, ROWS);
    let mut status = Html::new(lang);
    if results.hits.is_empty() && is_general(text) {
        h.raw("<p>").raw(w.more_letters).raw("</p>");
        return Found { html: h.finish(), status: w.more_letters.to_owned() };
    }
    if results.hits.is_empty() {
        h.raw("<p>").say(w.none, &[text]).raw("</p><p>");
        h.weave(w.none_help, |h, _| {
            if let Some(phone) = d.central_office().and_then(|c| c.phones().next()) {
                h.phone_in_text(phone);
            }
        });
        h.raw("</p>");
        return Found { html: h.finish(), status: w.none_status.to_owned() };
    }
    if results.corrected {
        h.raw("<p class=\"hint\">").say(w.corrected, &[text]).raw("</p>");
    }
    h.raw("<ol class=\"hits\">");
    for hit in &results.hits {
        h.hit(d, hit, text);
    }
    h.raw("</ol>");
    match results.hits.len() {
        1 => status.raw(w.one_status),
        n => status.say(w.many_status, &[&n.to_string()]),
    };
    Found { html: h.finish(), status: status.finish() }
}

/// Whether a text says no more than that an office is looked for.
fn is_general(text: &str) -> bool {
    const GENERAL: [&str; 9] = ["bhxh", "bao", "hiem", "xa", "hoi", "co", "quan", "van", "phong"];
    offices::fold(text).split_whitespace().all(|word| GENERAL.contains(&word))
}

/// The inside of an opened choice: `w` and a ward's code, or `o` and an old ward's.
pub fn choice(d: &Directory<'_>, lang: Locale, key: &str) -> String {
    let mut h = Html::new(lang);
    if let Some(code) = key.strip_prefix('w') {
        if let Some(ward) = d.ward_by_code(code) {
            h.ward(d, ward);
        }
    } else if let Some(code) = key.strip_prefix('o')
        && let Some(old) = d.old_wards().find(|old| d.old_ward_code(*old) == code)
    {
        h.old_ward(d, old);
    }
    h.finish()
}

impl Html {
    fn hit(&mut self, d: &Directory<'_>, hit: &Hit, text: &str) {
        let w = self.words();
        self.raw("<li class=\"hit\"><h3>");
        if let Some(alias) = &hit.alias {
            self.vietnamese(&hit.name).raw(" (").marked(alias, &hit.highlights).raw(")");
        } else {
            self.marked(&hit.name, &hit.highlights);
        }
        self.raw("</h3>");
        self.context(d, &hit.subject);
        if let Some(unknown) = &hit.unknown_ward {
            let typed = slice(text, unknown);
            self.raw("<p class=\"notice\">").say(w.unknown_ward, &[&typed, &hit.name]).raw("</p>");
        }
        self.why(d, hit);
        match &hit.answer {
            Answer::Ward { ward, .. } => {
                self.ward(d, *ward);
            }
            Answer::AskPart(wards) => self.wards(d, wards),
            Answer::AskWard(wards) => {
                self.raw("<p>").raw(w.which_ward).raw("</p>").wards(d, wards);
            }
            Answer::AskDistrict(olds) => {
                let count = olds.len().to_string();
                self.raw("<p>").say(w.which_district, &[&count, &hit.name]).raw("</p>");
                for old in olds {
                    let district = d.district_name(d.old_ward_district(*old));
                    self.choice('o', &d.old_ward_code(*old), &district);
                }
            }
            Answer::Province { office, .. } => {
                self.raw("<p>").raw(w.more_letters).raw("</p>");
                if let Some(id) = office {
                    self.office(d, *id);
                }
            }
            Answer::Office(id) => {
                self.office(d, *id);
            }
            Answer::Closed { office, now } => {
                self.office(d, *office);
                if !now.is_empty() {
                    self.raw("<p>").raw(w.go_now).raw("</p>");
                }
                for id in now {
                    self.office(d, *id);
                }
            }
        }
        self.raw("</li>");
    }

    /// A name in its own spelling, the matched parts marked.
    fn marked(&mut self, name: &str, highlights: &[Range<u16>]) -> &mut Self {
        let foreign = self.lang == Locale::En;
        if foreign {
            self.raw("<span lang=\"vi\">");
        }
        let mut at = 0;
        for part in highlights {
            self.text(&slice(name, &(at..part.start))).raw("<mark>");
            self.text(&slice(name, part)).raw("</mark>");
            at = part.end;
        }
        self.text(&slice(name, &(at..u16::MAX)));
        if foreign {
            self.raw("</span>");
        }
        self
    }

    /// Where it lies, and whether the name is of the past.
    fn context(&mut self, d: &Directory<'_>, subject: &Subject) {
        let w = self.words();
        let of_old = |old: OldWardId| {
            let district = d.old_ward_district(old);
            (d.district_name(district), d.old_province_name(d.district_province(district)))
        };
        let (place, is_old) = match subject {
            Subject::Province(_) => return,
            Subject::OldProvince(_) => (String::new(), true),
            Subject::District(id) => (d.old_province_name(d.district_province(*id)), true),
            Subject::Ward(id) => (d.province_name(d.ward_province(*id)), false),
            Subject::OldWard(old) => {
                let (district, province) = of_old(*old);
                ([&district, ", ", &province].concat(), true)
            }
            Subject::Homonyms(all) => {
                (all.first().map(|old| of_old(*old).1).unwrap_or_default(), true)
            }
            Subject::Office(id) => {
                let province = d.office(*id).map(|o| d.province_name(o.province));
                (province.unwrap_or_default(), false)
            }
        };
        self.raw("<p class=\"hit-where\">").vietnamese(&place);
        if is_old {
            self.raw(if place.is_empty() { "" } else { " · " }).raw(w.old_name);
        }
        self.raw("</p>");
    }

    /// One line on why the name is another today.
    fn why(&mut self, d: &Directory<'_>, hit: &Hit) {
        let w = self.words();
        if hit.change == Change::None {
            return;
        }
        self.raw("<p class=\"why\">");
        match hit.change {
            Change::None => &mut *self,
            Change::Renamed { old, new } => {
                self.say(w.renamed, &[&d.old_ward_name(old), &d.ward_name(new)])
            }
            Change::Kept { new, .. } => self.say(w.kept, &[&d.ward_name(new)]),
            Change::Divided(old) => self.say(w.divided, &[&d.old_ward_name(old)]),
            Change::DistrictGone(_) => self.raw(w.district_gone),
            Change::ProvinceMerged { old, new } => {
                self.say(w.province_merged, &[&d.old_province_name(old), &d.province_name(new)])
            }
            Change::OfficeClosed(_) => self.raw(w.office_closed),
        };
        self.raw("</p>");
    }

    fn old_ward(&mut self, d: &Directory<'_>, old: OldWardId) {
        let w = self.words();
        let parts: Vec<WardId> = d.old_ward_became(old).collect();
        if let [new] = parts.as_slice() {
            let names = [d.old_ward_name(old), d.ward_name(*new)];
            let sentence = if names[0] == names[1] { w.kept } else { w.renamed };
            let values: &[&str] =
                if names[0] == names[1] { &[&names[1]] } else { &[&names[0], &names[1]] };
            self.raw("<p class=\"why\">").say(sentence, values).raw("</p>").ward(d, *new);
        } else {
            self.raw("<p class=\"why\">").say(w.divided, &[&d.old_ward_name(old)]).raw("</p>");
            self.wards(d, &parts);
        }
    }

    fn wards(&mut self, d: &Directory<'_>, wards: &[WardId]) {
        for ward in wards {
            self.choice('w', &d.ward_code(*ward), &d.ward_name(*ward));
        }
    }

    fn choice(&mut self, kind: char, code: &str, name: &str) {
        let kind = kind.encode_utf8(&mut [0; 4]).to_owned();
        self.raw("<details data-choice=\"").text(&kind).text(code).raw("\"><summary>");
        self.vietnamese(name).raw("</summary></details>");
    }
}

/// The part of a text between two places counted in `char`s.
fn slice(text: &str, range: &Range<u16>) -> String {
    let (start, end) = (usize::from(range.start), usize::from(range.end));
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_types_only_that_they_look_for_an_office_is_asked_for_more() {
        let d = Directory::parse(offices::EMBEDDED).unwrap();
        for text in ["bhxh", "BHXH ", "bảo hiểm xã hội"] {
            let found = search(&d, Locale::Vi, text);
            assert!(!found.status.contains("Không tìm thấy"), "{text}: {}", found.status);
        }
        assert!(search(&d, Locale::Vi, "zzxxqq").status.contains("Không tìm thấy"));
        assert_eq!(search(&d, Locale::Vi, " \u{a0} ").html, "");
    }

    #[test]
    fn what_is_typed_stands_in_the_page_as_text() {
        let d = Directory::parse(offices::EMBEDDED).unwrap();
        for text in ["<img src=x onerror=a()>zz", "\"'&zzqq", "</p><script>zzqq", "{{zzqq}}"] {
            let html = search(&d, Locale::Vi, text).html;
            for part in ["<img", "<script", "{{", "\"'&z"] {
                assert!(!html.contains(part), "{text}: {html}");
            }
        }
    }
}
