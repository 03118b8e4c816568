//! The page of one office, whole: everything that is known, and for each gap what to do.

use offices::{Basis, Confidence, Directory, Level, Office, Status, WardId, hours::Week};
use recovery::locale::Locale;

use crate::{
    brief::is_old,
    html::{Html, base, encode},
    short_name,
    words::Words,
};

/// What the page takes from whoever runs the site.
#[derive(Clone, Copy, Debug, Default)]
pub struct Site<'a> {
    /// Address of the browser's module.
    pub script: &'a str,
    /// Where mistakes are reported; empty where nobody receives them.
    pub email: &'a str,
}

/// The page under its heading.
pub fn page(d: &Directory<'_>, o: &Office<'_>, lang: Locale, site: Site<'_>) -> String {
    let mut h = Html::new(lang);
    h.raw("<div class=\"directory\" data-finder=\"").text(site.script).raw("\" data-office=\"");
    h.text(o.hours).raw("\">");
    h.kind(d, o);
    h.now(d, o);
    h.notice(o);
    h.raw("<dl class=\"facts office-facts\" id=\"thong-tin\">");
    h.name(d, o);
    h.former_names(o);
    h.address(d, o);
    h.contacts(o);
    if o.status != Status::Closed {
        h.hours(o);
    }
    h.wards_served(d, o);
    h.source(d, o);
    h.raw("</dl>");
    h.actions(d, o, site);
    if o.level == Level::Provincial {
        h.of_province(d, o);
    }
    let w = h.words();
    h.raw("<p class=\"onward\"><a href=\"").raw(base(lang)).raw("\">").raw(w.all_offices);
    h.raw("</a></p></div>");
    h.finish()
}

/// One sentence for search engines and shared links.
pub fn description(d: &Directory<'_>, o: &Office<'_>, lang: Locale) -> String {
    // Plain text: whoever puts it into a page escapes it.
    let w = Words::of(lang);
    let sentence = if o.address.is_empty() { w.description_bare } else { w.description };
    sentence.replace("{0}", &short_name(d, o.key)).replace("{1}", o.address)
}

impl Html {
    fn kind(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let (w, base) = (self.words(), base(self.lang));
        let kind = match o.level {
            Level::Central => w.level_central,
            Level::Provincial => w.level_provincial,
            Level::Local => w.level_local,
        };
        self.raw("<p class=\"lead\">").raw(kind);
        if o.level == Level::Local {
            self.raw(" · ");
            match d.provincial_office(o.province) {
                Some(p) => {
                    self.raw("<a href=\"").raw(base).raw("/").text(p.id).raw("\">");
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
        let w = self.words();
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
            self.raw(w.go_unknown);
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

    fn fact(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        self.raw("<dt>").raw(name).raw("</dt><dd>");
        value(self);
        self.raw("</dd>");
    }

    /// The heading says it already; what is copied from here must say it too.
    fn name(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        self.fact(self.words().name, |h| {
            h.vietnamese(&short_name(d, o.key));
        });
    }

    fn former_names(&mut self, o: &Office<'_>) {
        let names: Vec<&str> = o.former_names.split(';').map(str::trim).collect();
        if !o.former_names.is_empty() {
            self.fact(self.words().former_name, |h| {
                h.vietnamese(&names.join(", "));
            });
        }
    }

    fn address(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let w = self.words();
        self.fact(w.address, |h| {
            if o.address.is_empty() {
                h.ask_elsewhere(d, o);
                return;
            }
            h.raw("<p>").vietnamese(o.address).raw("</p>");
            if is_old(o) {
                h.raw("<p class=\"hint\">").old_address(o).raw("</p>");
            }
            if o.status != Status::Closed {
                h.raw(
                    "<p data-fleeting><a class=\"screen-only\" rel=\"external noreferrer\" href=\"",
                );
                h.raw("https://www.google.com/maps/dir/?api=1&amp;destination=");
                h.raw(&destination(d, o)).raw("\">").raw(w.route).raw("</a></p>");
            }
        });
    }

    fn contacts(&mut self, o: &Office<'_>) {
        let w = self.words();
        self.fact(w.phone, |h| match o.phones().next() {
            Some(_) => {
                h.phones(o);
            }
            None => {
                h.raw("<span class=\"hint\">").raw(w.no_phone).raw("</span>");
            }
        });
        if !o.email.is_empty() {
            self.fact(w.email, |h| {
                h.raw("<a rel=\"external\" href=\"mailto:").text(o.email).raw("\">");
                h.text(o.email).raw("</a>");
            });
        }
        if !o.website.is_empty() {
            self.fact(w.website, |h| {
                h.link_out(o.website);
            });
        }
    }

    fn hours(&mut self, o: &Office<'_>) {
        let w = self.words();
        let own = Week::parse(o.hours);
        self.fact(w.hours, |h| {
            h.raw("<p data-open data-fleeting hidden></p><p>");
            h.week(own.as_ref().unwrap_or(&Week::USUAL));
            if own.is_none() {
                h.raw("</p><p class=\"hint\">").raw(w.hours_usual);
            }
            h.raw("</p>");
        });
    }

    fn wards_served(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        if o.level != Level::Local {
            return;
        }
        let w = self.words();
        let wards: Vec<WardId> = d.office_wards(o.key).collect();
        let former: Vec<WardId> = d.office_former_wards(o.key).collect();
        let districts: Vec<String> = o.former_districts().map(|id| d.district_name(id)).collect();
        self.fact(w.serves, |h| {
            if wards.is_empty() {
                h.raw("<p class=\"hint\">").raw(w.serves_unknown).raw("</p>");
            } else {
                h.raw("<p>").ward_names(d, &wards).raw("</p>");
            }
            if !former.is_empty() {
                h.raw("<p class=\"hint\">").raw(w.served_before).raw(" ");
                h.ward_names(d, &former).raw("</p>");
            }
            if !districts.is_empty() {
                h.raw("<p class=\"hint\">").raw(w.served_districts).raw(" ");
                h.vietnamese(&districts.join(", ")).raw("</p>");
            }
        });
    }

    fn ward_names(&mut self, d: &Directory<'_>, wards: &[WardId]) -> &mut Self {
        let names: Vec<String> = wards.iter().map(|ward| d.ward_name(*ward)).collect();
        self.vietnamese(&names.join(", "))
    }

    fn source(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let w = self.words();
        self.fact(w.source, |h| {
            h.raw("<p>");
            if o.source_url.is_empty() {
                h.raw(w.source_no_page).raw(" ").vietnamese(o.source_note);
            } else {
                h.link_out(o.source_url);
            }
            h.raw(", ");
            match o.source_date {
                "" => h.raw(w.source_undated),
                date => h.say(w.source_dated, &[&shown_date(date)]),
            };
            h.raw("</p><p class=\"hint\">").raw(match (o.confidence, o.status) {
                // The list that names it gives no address to be sure of.
                (_, Status::NameOnly) => w.sure_name,
                (Confidence::High, _) => w.sure_high,
                (Confidence::Medium, _) => w.sure_medium,
                (Confidence::Low, _) => w.sure_low,
            });
            let as_of = d.as_of();
            let date = [as_of % 100, as_of / 100 % 100, as_of / 10_000].map(|n| n.to_string());
            h.raw(" ").say(w.data_of, &[&date.join("/")]).raw("</p>");
        });
    }

    /// A page elsewhere, shown by its host: the whole address is too long to read.
    fn link_out(&mut self, url: &str) {
        let host = url.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(url);
        self.raw("<a rel=\"external noreferrer\" href=\"").text(url).raw("\">");
        self.text(host.trim_start_matches("www.")).raw("</a>");
    }

    fn actions(&mut self, d: &Directory<'_>, o: &Office<'_>, site: Site<'_>) {
        let w = self.words();
        self.raw("<p class=\"buttons scripted screen-only\">");
        self.raw("<button type=\"button\" class=\"button button-quiet\" data-copy=\"thong-tin\"");
        self.raw(" data-done=\"").raw(w.copied).raw("\" data-failed=\"").raw(w.not_copied);
        self.raw("\">").raw(w.copy).raw("</button> ");
        self.raw("<button type=\"button\" class=\"button button-quiet\" data-share hidden>");
        self.raw(w.share).raw("</button> ");
        self.raw("<button type=\"button\" class=\"button button-quiet\" data-print>");
        self.raw(w.print).raw("</button></p>");
        self.raw("<p class=\"status screen-only\" role=\"status\" data-said=\"thong-tin\"></p>");
        self.raw("<p class=\"screen-only\">");
        if site.email.is_empty() {
            self.raw(w.report_nobody);
        } else {
            let subject = encode(&[w.report_subject, o.id].concat());
            let body = encode(&[w.report_body, &short_name(d, o.key), "\n\n"].concat());
            self.raw("<a rel=\"external\" href=\"mailto:").text(site.email).raw("?subject=");
            self.raw(&subject).raw("&amp;body=").raw(&body).raw("\">").raw(w.report);
            self.raw("</a>");
        }
        self.raw("</p>");
    }

    /// A provincial office leads on to the others of its province.
    fn of_province(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let w = self.words();
        let here =
            |other: &&Office<'_>| other.province == o.province && other.level == Level::Local;
        let local: Vec<&Office<'_>> = d.offices().iter().filter(here).collect();
        if local.is_empty() {
            self.raw("<p>").raw(w.no_local).raw("</p>");
        } else {
            self.raw("<h2>").raw(w.local_heading).raw("</h2><ul class=\"office-list\">");
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
            self.raw("<details><summary>").say(w.unknown_wards, &[&count]).raw("</summary><p>");
            self.raw(w.why_unknown).raw("</p><p>").ward_names(d, &unknown);
            self.raw("</p></details>");
        }
    }
}

/// The address as a route planner takes it, with the province where it does not name it.
fn destination(d: &Directory<'_>, o: &Office<'_>) -> String {
    let province = d.province_name(o.province);
    let bare = province.trim_start_matches("Thành phố ").trim_start_matches("Tỉnh ");
    // What stands in brackets is a remark, not a place.
    let address = o.address.split('(').next().unwrap_or(o.address).trim();
    if offices::fold(address).contains(&offices::fold(bare)) {
        encode(address)
    } else {
        encode(&[address, ", ", &province].concat())
    }
}

/// `2025-09-30` as `30/9/2025`, `2025-07` as `7/2025`.
fn shown_date(date: &str) -> String {
    let parts: Vec<&str> = date.split('-').rev().map(|part| part.trim_start_matches('0')).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(test: impl Fn(&Directory<'_>)) {
        test(&Directory::parse(offices::EMBEDDED).unwrap());
    }

    #[test]
    fn a_date_is_shown_as_far_as_it_is_known() {
        assert_eq!(shown_date("2025-09-30"), "30/9/2025");
        assert_eq!(shown_date("2025-07"), "7/2025");
        assert_eq!(shown_date("2026"), "2026");
    }

    #[test]
    fn every_office_says_its_source_and_how_to_reach_someone() {
        with(|d| {
            for o in d.offices() {
                for lang in Locale::ALL {
                    let html = page(d, o, lang, Site { script: "/finder.js", email: "" });
                    let w = Words::of(lang);
                    assert!(html.contains(w.source), "{}", o.id);
                    let dated = if o.source_date.is_empty() { w.source_undated } else { "" };
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
            let html = page(d, o, Locale::En, Site { script: "", email: "help@example.vn" });
            assert!(html.contains("mailto:help@example.vn?subject="));
            let html = page(d, o, Locale::En, Site::default());
            assert!(!html.contains("mailto:"));
        });
    }
}
