//! The directory's first page: the search field, and under it every province as a plain link,
//! with how much is known of each.

use offices::{Basis, Directory, Level, ProvinceId, Status};
use recovery::locale::Locale;

use crate::html::{Html, base};

/// Where the site has the licences that go with the data.
pub const LICENCES: &str = "/directory-licenses.txt";

/// The page under its heading; `script` is the address of the browser's module.
pub fn page(d: &Directory<'_>, lang: Locale, script: &str) -> String {
    let mut h = Html::new(lang);
    let (w, p) = (h.words(), h.page_words());
    h.raw("<div class=\"directory\" data-finder=\"").text(script).raw("\" data-search>");
    h.raw("<p class=\"lead\">").raw(p.lead).raw("</p>");
    h.raw(
        "<div class=\"field scripted\" role=\"search\"><label class=\"field-label\" for=\"tim\">",
    );
    h.raw(p.search_label).raw("</label><p class=\"hint\" id=\"tim-giup\">").raw(p.search_hint);
    h.raw("</p><input class=\"input\" id=\"tim\" type=\"search\" autocomplete=\"off\" ");
    h.raw("autocapitalize=\"off\" spellcheck=\"false\" enterkeyhint=\"search\" maxlength=\"120\" ");
    h.raw("aria-describedby=\"tim-giup\"></div>");
    h.raw("<p class=\"scripted near-me\"><button type=\"button\" class=\"button button-quiet\" data-near>");
    h.raw(p.near_me).raw("</button> <span class=\"hint\">").raw(p.near_hint).raw("</span></p>");
    h.raw("<p class=\"status scripted\" role=\"status\" data-count");
    h.raw(" data-loading=\"").raw(p.loading).raw("\" data-failed=\"").raw(p.failed);
    h.raw("\"></p><section data-results aria-labelledby=\"ket-qua\" hidden>");
    h.raw("<h2 id=\"ket-qua\" tabindex=\"-1\">").raw(p.results).raw("</h2>");
    h.raw("<div data-rows></div></section>");
    h.raw("<noscript><p>").raw(p.no_script).raw("</p></noscript>");
    h.raw("<h2 id=\"tinh\" tabindex=\"-1\">").raw(w.choose_province).raw("</h2><p>");
    h.raw(p.provinces_lead).raw("</p>");
    h.provinces(d);
    h.coverage(d);
    h.raw("</div>");
    h.finish()
}

/// What is known of a province.
struct Known {
    /// Offices with a sourced address, closed ones not counted.
    offices: usize,
    wards: usize,
    /// Wards whose office a source names.
    sourced: usize,
}

fn known(d: &Directory<'_>, province: ProvinceId) -> Known {
    let offices = d.offices().iter().filter(|o| o.province == province);
    let wards = || d.wards().filter(|ward| d.ward_province(*ward) == province);
    Known {
        offices: offices
            .filter(|o| o.level != Level::Central)
            .filter(|o| o.status != Status::Closed && !o.address.is_empty())
            .count(),
        wards: wards().count(),
        sourced: wards()
            .filter(|w| d.serving(*w).is_some_and(|s| s.basis != Basis::Provincial))
            .count(),
    }
}

impl Html {
    fn provinces(&mut self, d: &Directory<'_>) {
        let (p, base) = (self.page_words(), base(self.lang));
        self.raw("<table class=\"provinces\"><thead><tr><th scope=\"col\">").raw(p.province);
        self.raw("</th><th scope=\"col\">").raw(p.col_offices).raw("</th><th scope=\"col\">");
        self.raw(p.col_wards).raw("</th></tr></thead><tbody>");
        let mut rows: Vec<(String, ProvinceId)> =
            d.provinces().map(|p| (d.province_name(p), p)).collect();
        rows.sort_by_key(|(name, _)| offices::fold(bare(name)));
        for (name, province) in rows {
            let known = known(d, province);
            self.raw("<tr><th scope=\"row\">");
            match d.provincial_office(province) {
                Some(o) => {
                    self.raw("<a href=\"").raw(base).raw("/").text(o.id).raw("\">");
                    self.vietnamese(bare(&name)).raw("</a>")
                }
                None => self.vietnamese(bare(&name)),
            };
            let wards = [known.sourced, known.wards].map(|n| n.to_string());
            self.raw("</th><td>").text(&known.offices.to_string()).raw("</td><td>");
            self.text(&wards[0]).raw("/").text(&wards[1]).raw("</td></tr>");
        }
        self.raw("</tbody></table>");
    }

    /// What the data are, and the way to what they lack.
    fn coverage(&mut self, d: &Directory<'_>) {
        let (p, base) = (self.page_words(), base(self.lang));
        let as_of = d.as_of();
        let date = [as_of % 100, as_of / 100 % 100, as_of / 10_000].map(|n| n.to_string());
        self.raw("<p>").say(p.data_of, &[&date.join("/")]).raw(" <a href=\"").raw(base);
        self.raw("/du-lieu\">").raw(p.coverage).raw("</a></p>");
    }
}

/// A province's name without the word for its kind.
pub(crate) fn bare(name: &str) -> &str {
    name.strip_prefix("Tỉnh ").or_else(|| name.strip_prefix("Thành phố ")).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_province_leads_to_a_page_without_a_script() {
        let d = Directory::parse(offices::EMBEDDED).unwrap();
        for lang in Locale::ALL {
            let html = page(&d, lang, "/finder.js");
            assert_eq!(html.matches("<th scope=\"row\"><a href=").count(), 34);
            assert!(!html.contains("{{"));
        }
    }
}
