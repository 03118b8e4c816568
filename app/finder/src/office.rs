//! The page of one office, whole: everything that is known, and for each gap what to do.

use offices::{Basis, Directory, Level, Office, Status, WardId};
use recovery::locale::Locale;

use crate::{
    coverage::UNKNOWN_WARDS,
    html::{Html, base, encode},
    short_name,
    words::pages::PageWords,
};

/// What the page takes from whoever runs the site.
#[derive(Clone, Copy, Debug, Default)]
pub struct Site<'a> {
    /// Address of the browser's module.
    pub script: &'a str,
    /// Where mistakes are reported; empty where nobody receives them.
    pub email: &'a str,
    /// Whether the site takes cases for offices.
    pub cases: bool,
}

/// The page under its heading.
pub fn page(d: &Directory<'_>, o: &Office<'_>, lang: Locale, site: Site<'_>) -> String {
    let mut h = Html::new(lang);
    h.raw("<div class=\"directory\" data-finder=\"").text(site.script).raw("\" data-office=\"");
    h.text(o.hours).raw("\">");
    h.kind(d, o);
    h.now(d, o);
    h.notice(o);
    h.facts(d, o);
    h.actions(d, o, site);
    if o.level == Level::Provincial {
        h.of_province(d, o);
    }
    let p = h.page_words();
    h.raw("<p class=\"onward\"><a href=\"").raw(base(lang)).raw("\">").raw(p.all_offices);
    h.raw("</a></p></div>");
    h.finish()
}

/// One sentence for search engines and shared links.
pub fn description(d: &Directory<'_>, o: &Office<'_>, lang: Locale) -> String {
    // Plain text: whoever puts it into a page escapes it.
    let p = PageWords::of(lang);
    let sentence = if o.address.is_empty() { p.description_bare } else { p.description };
    sentence.replace("{0}", &short_name(d, o.key)).replace("{1}", o.address)
}

impl Html {
    fn kind(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let (p, base) = (self.page_words(), base(self.lang));
        let kind = match o.level {
            Level::Central => p.level_central,
            Level::Provincial => p.level_provincial,
            Level::Local => p.level_local,
        };
        self.raw("<p class=\"lead\">").raw(kind);
        if o.level == Level::Local {
            self.raw(" · ");
            match d.provincial_office(o.province) {
                Some(it) => {
                    self.raw("<a href=\"").raw(base).raw("/").text(it.id).raw("\">");
                    self.vietnamese(&d.province_name(o.province)).raw("</a>")
                }
                None => self.vietnamese(&d.province_name(o.province)),
            };
        }
        self.raw("</p>");
    }

    /// A closed office says first of all where to go now.
    fn now(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        if o.status != Status::Closed {
            return;
        }
        let (w, p) = (self.words(), self.page_words());
        self.raw("<div class=\"notice notice-warn\"><p><strong>").raw(w.office_closed);
        self.raw("</strong> ");
        let mut any = false;
        for successor in o.successors() {
            if !std::mem::replace(&mut any, true) {
                self.raw(w.go_now);
            }
            self.raw("</p>").office(d, successor).raw("<p>");
        }
        if !any {
            self.raw(p.go_unknown);
        }
        self.raw("</p></div>");
    }

    fn notice(&mut self, o: &Office<'_>) {
        let notice = match self.lang {
            Locale::Vi => o.notice_vi,
            Locale::En => o.notice_en,
        };
        if !notice.is_empty() {
            self.raw("<p class=\"notice\">").text(notice).raw("</p>");
        }
    }

    fn actions(&mut self, d: &Directory<'_>, o: &Office<'_>, site: Site<'_>) {
        let p = self.page_words();
        if site.cases && o.status != Status::Closed {
            // The id of an office says nothing about the person.
            self.raw(
                "<p class=\"buttons screen-only\"><a class=\"button\" rel=\"external\" href=\"",
            );
            self.raw(p.cases_base)
                .raw("?office=")
                .text(o.id)
                .raw("\">")
                .raw(p.send_case)
                .raw("</a></p><p class=\"hint screen-only\">")
                // Which offices take cases is known at run time only.
                .raw(p.send_case_taker)
                .raw("</p>");
        }
        self.raw("<p class=\"buttons scripted screen-only\">");
        self.raw("<button type=\"button\" class=\"button button-quiet\" data-copy=\"thong-tin\"");
        self.raw(" data-done=\"").raw(p.copied).raw("\" data-failed=\"").raw(p.not_copied);
        self.raw("\">").raw(p.copy).raw("</button> ");
        self.raw("<button type=\"button\" class=\"button button-quiet\" data-print>");
        self.raw(p.print).raw("</button> ");
        // Last: where nothing can be shared its room stays empty, so that nothing moves.
        self.raw("<button type=\"button\" class=\"button button-quiet\" data-share=\"off\">");
        self.raw(p.share).raw("</button></p>");
        self.raw("<p class=\"status screen-only\" role=\"status\" data-said=\"thong-tin\"></p>");
        self.raw("<p class=\"screen-only\">");
        if site.email.is_empty() {
            self.raw(p.report_nobody);
        } else {
            let subject = encode(&[p.report_subject, o.id].concat());
            let body = encode(&[p.report_body, &short_name(d, o.key), "\n\n"].concat());
            self.raw("<a rel=\"external\" href=\"mailto:").text(site.email).raw("?subject=");
            self.raw(&subject).raw("&amp;body=").raw(&body).raw("\">").raw(p.report);
            self.raw("</a>");
        }
        self.raw("</p>");
    }

    /// A provincial office leads on to the others of its province.
    fn of_province(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let (w, p) = (self.words(), self.page_words());
        let here =
            |other: &&Office<'_>| other.province == o.province && other.level == Level::Local;
        let local: Vec<&Office<'_>> = d.offices().iter().filter(here).collect();
        if local.is_empty() {
            self.raw("<p>").raw(p.no_local).raw("</p>");
        } else {
            self.raw("<h2>").raw(p.local_heading).raw("</h2><ul class=\"office-list\">");
            for office in local {
                self.raw("<li>").office_link(d, office.key);
                if office.status == Status::Closed {
                    self.raw(" <span class=\"hint\">").raw(w.closed_short).raw("</span>");
                } else if !office.address.is_empty() {
                    self.raw("<br><span class=\"hint\">").vietnamese(office.address);
                    self.raw("</span>");
                }
                self.raw("</li>");
            }
            self.raw("</ul>");
        }
        let unknown: Vec<WardId> = d
            .wards()
            .filter(|ward| d.ward_province(*ward) == o.province)
            .filter(|ward| d.serving(*ward).is_none_or(|s| s.basis == Basis::Provincial))
            .collect();
        if !unknown.is_empty() {
            let count = unknown.len().to_string();
            self.raw("<details><summary>").say(p.unknown_wards, &[&count]);
            self.raw("</summary><p id=\"")
                .raw(UNKNOWN_WARDS)
                .raw("\">")
                .raw(p.why_unknown)
                .raw("</p><p>")
                .ward_names(d, &unknown);
            self.raw("</p></details>");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    fn with(test: impl Fn(&Directory<'_>)) {
        test(&Directory::parse(offices::EMBEDDED).unwrap());
    }

    #[test]
    fn every_office_says_its_source_and_how_to_reach_someone() {
        with(|d| {
            for o in d.offices() {
                for lang in Locale::ALL {
                    let html = page(d, o, lang, Site { script: "/finder.js", ..Site::default() });
                    let (w, p) = (Words::of(lang), PageWords::of(lang));
                    assert!(html.contains(p.source), "{}", o.id);
                    let dated = if o.source_date.is_empty() { p.source_undated } else { "" };
                    assert!(html.contains(dated), "{}", o.id);
                    assert!(!html.contains("{{"), "{}", o.id);
                    let reachable = !o.address.is_empty()
                        || html.contains("href=\"tel:")
                        || html.contains(w.ask_province);
                    assert!(reachable, "{}", o.id);
                }
            }
        });
    }

    #[test]
    fn a_closed_office_says_where_to_go() {
        with(|d| {
            let closed = d.offices().iter().filter(|o| o.status == Status::Closed);
            for o in closed {
                let html = page(d, o, Locale::Vi, Site::default());
                for successor in o.successors() {
                    let id = d.office(successor).unwrap().id;
                    assert!(html.contains(&format!("/co-quan/{id}\"")), "{}", o.id);
                }
            }
        });
    }

    #[test]
    fn a_case_is_offered_where_cases_are_taken_by_an_office_that_is_open() {
        with(|d| {
            for o in d.offices() {
                for lang in Locale::ALL {
                    let html = page(d, o, lang, Site { cases: true, ..Site::default() });
                    let link = format!("{}?office={}\"", PageWords::of(lang).cases_base, o.id);
                    assert_eq!(html.contains(&link), o.status != Status::Closed, "{}", o.id);
                    let says = html.contains(PageWords::of(lang).send_case_taker);
                    assert_eq!(says, html.contains(&link), "{}", o.id);
                    assert!(!page(d, o, lang, Site::default()).contains("/ho-so"), "{}", o.id);
                }
            }
        });
    }

    #[test]
    fn an_old_address_says_so() {
        with(|d| {
            let o = d.office_by_id("bhxh-tp-ha-noi").unwrap();
            let html = page(d, o, Locale::Vi, Site::default());
            assert!(html.contains("gọi trước"), "{html}");
        });
    }

    #[test]
    fn a_mistake_is_reported_to_the_operator_where_there_is_one() {
        with(|d| {
            let o = d.office_by_id("ha-noi-dong-da").unwrap();
            let html = page(d, o, Locale::En, Site { email: "help@example.vn", ..Site::default() });
            assert!(html.contains("mailto:help@example.vn?subject="));
            let html = page(d, o, Locale::En, Site::default());
            assert!(!html.contains("mailto:"));
        });
    }
}
