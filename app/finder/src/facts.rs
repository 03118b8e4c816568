//! What is known of an office, as a list of facts, each with its gap: for the office's page, and to be
//! copied from there as a whole.

use offices::{Confidence, Directory, Level, Office, Status, WardId, hours::Week};

use crate::{
    brief::is_old,
    html::{Html, encode},
    short_name,
};

impl Html {
    /// The whole list.
    pub(crate) fn facts(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        self.raw("<dl class=\"facts office-facts\" id=\"thong-tin\">");
        self.name(d, o);
        self.former_names(o);
        self.address(d, o);
        self.contacts(o);
        if o.status != Status::Closed {
            self.hours(o);
        }
        self.wards_served(d, o);
        self.source(d, o);
        self.raw("</dl>");
    }

    fn fact(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        self.raw("<dt>").raw(name).raw("</dt><dd>");
        value(self);
        self.raw("</dd>");
    }

    /// The heading says it already; what is copied from here must say it too.
    fn name(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        self.fact(self.page_words().name, |h| {
            h.vietnamese(&short_name(d, o.key));
        });
    }

    fn former_names(&mut self, o: &Office<'_>) {
        let names: Vec<&str> = o.former_names.split(';').map(str::trim).collect();
        if !o.former_names.is_empty() {
            self.fact(self.page_words().former_name, |h| {
                h.vietnamese(&names.join(", "));
            });
        }
    }

    fn address(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let p = self.page_words();
        self.fact(p.address, |h| {
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
                h.raw(&destination(d, o)).raw("\">").raw(p.route).raw("</a></p>");
            }
        });
    }

    fn contacts(&mut self, o: &Office<'_>) {
        let p = self.page_words();
        self.fact(p.phone, |h| match o.phones().next() {
            Some(_) => {
                h.phones(o);
            }
            None => {
                h.raw("<span class=\"hint\">").raw(p.no_phone).raw("</span>");
            }
        });
        if !o.email.is_empty() {
            self.fact(p.email, |h| {
                h.raw("<a rel=\"external\" href=\"mailto:").text(o.email).raw("\">");
                h.text(o.email).raw("</a>");
            });
        }
        if !o.website.is_empty() {
            self.fact(p.website, |h| {
                h.link_out(o.website);
            });
        }
    }

    fn hours(&mut self, o: &Office<'_>) {
        let p = self.page_words();
        let own = Week::parse(o.hours);
        self.fact(p.hours, |h| {
            h.raw("<p>");
            h.week(own.as_ref().unwrap_or(&Week::USUAL));
            if own.is_none() {
                h.raw("</p><p class=\"hint\">").raw(p.hours_usual);
            }
            // Its room is kept from the first paint on: what is below must not move.
            h.raw("</p><p class=\"scripted\" data-open data-fleeting></p>");
        });
    }

    fn wards_served(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        if o.level != Level::Local {
            return;
        }
        let p = self.page_words();
        let wards: Vec<WardId> = d.office_wards(o.key).collect();
        let former: Vec<WardId> = d.office_former_wards(o.key).collect();
        let districts: Vec<String> = o.former_districts().map(|id| d.district_name(id)).collect();
        self.fact(p.serves, |h| {
            if wards.is_empty() {
                h.raw("<p class=\"hint\">").raw(p.serves_unknown).raw("</p>");
            } else {
                h.raw("<p>").ward_names(d, &wards).raw("</p>");
            }
            if !former.is_empty() {
                h.raw("<p class=\"hint\">").raw(p.served_before).raw(" ");
                h.ward_names(d, &former).raw("</p>");
            }
            if !districts.is_empty() {
                h.raw("<p class=\"hint\">").raw(p.served_districts).raw(" ");
                h.vietnamese(&districts.join(", ")).raw("</p>");
            }
        });
    }

    /// Wards one after the other, by name.
    pub(crate) fn ward_names(&mut self, d: &Directory<'_>, wards: &[WardId]) -> &mut Self {
        let names: Vec<String> = wards.iter().map(|ward| d.ward_name(*ward)).collect();
        self.vietnamese(&names.join(", "))
    }

    fn source(&mut self, d: &Directory<'_>, o: &Office<'_>) {
        let p = self.page_words();
        self.fact(p.source, |h| {
            h.raw("<p>");
            if o.source_url.is_empty() {
                h.raw(p.source_no_page).raw(" ").vietnamese(o.source_note);
            } else {
                h.link_out(o.source_url);
            }
            h.raw(", ");
            match o.source_date {
                "" => h.raw(p.source_undated),
                date => h.say(p.source_dated, &[&shown_date(date)]),
            };
            h.raw("</p><p class=\"hint\">").raw(match (o.confidence, o.status) {
                // The list that names it gives no address to be sure of.
                (_, Status::NameOnly) => p.sure_name,
                (Confidence::High, _) => p.sure_high,
                (Confidence::Medium, _) => p.sure_medium,
                (Confidence::Low, _) => p.sure_low,
            });
            let as_of = d.as_of();
            let date = [as_of % 100, as_of / 100 % 100, as_of / 10_000].map(|n| n.to_string());
            h.raw(" ").say(p.data_of, &[&date.join("/")]).raw("</p>");
        });
    }

    /// A page elsewhere, shown by its host: the whole address is too long to read.
    fn link_out(&mut self, url: &str) {
        let host = url.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(url);
        self.raw("<a rel=\"external noreferrer\" href=\"").text(url).raw("\">");
        self.text(host.trim_start_matches("www.")).raw("</a>");
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
pub(crate) fn shown_date(date: &str) -> String {
    let parts: Vec<&str> = date.split('-').rev().map(|part| part.trim_start_matches('0')).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_shown_as_far_as_it_is_known() {
        assert_eq!(shown_date("2025-09-30"), "30/9/2025");
        assert_eq!(shown_date("2025-07"), "7/2025");
        assert_eq!(shown_date("2026"), "2026");
    }
}
