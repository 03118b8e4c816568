//! What the directory knows and what it lacks, counted from the data themselves: for the whole
//! country, province by province, and where it all comes from. Native build only.

use offices::{Basis, Directory, Level, Office, OfficeId, ProvinceId, Status};
use recovery::locale::Locale;

use crate::{
    browse::{LICENCES, bare},
    facts::shown_date,
    html::{Html, base},
};

/// The part of a province's page that names the wards whose office is not known.
pub(crate) const UNKNOWN_WARDS: &str = "chua-ro";

/// The words of this page, which no browser's module carries.
struct Words {
    lead: &'static str,
    country: &'static str,
    provincial: &'static str,
    any: &'static str,
    wards: &'static str,
    offices: &'static str,
    dates: &'static str,
    missing: &'static str,
    with_heading: &'static str,
    without_heading: &'static str,
    without_lead: &'static str,
    found: &'static str,
    listed: &'static str,
    known_wards: &'static str,
    all_wards: &'static str,
    no_ward: &'static str,
    no_wards: &'static str,
    sources_heading: &'static str,
    sources_lead: &'static str,
    source: &'static str,
    latest: &'static str,
    undated: &'static str,
    pageless: &'static str,
    licences_heading: &'static str,
    licences: &'static str,
    licences_whole: &'static str,
    newest: &'static str,
    back: &'static str,
}

static VI: Words = Words {
    lead: "Mọi con số ở đây đếm từ chính danh bạ này. Chỗ nào chưa có nguồn thì trang nói là chưa có, không đoán.",
    country: "Cả nước",
    provincial: "{0} trong {1} BHXH tỉnh, thành phố có địa chỉ kèm nguồn.",
    any: "{0} trong {1} tỉnh, thành phố có ít nhất một cơ quan có địa chỉ kèm nguồn.",
    wards: "{0} trong {1} phường, xã, đặc khu có danh sách đã công bố nêu cơ quan phục vụ; thêm {2} nơi suy từ cơ quan đã nhập vào cơ quan khác. {3} nơi còn lại chưa rõ: trang chỉ tới BHXH tỉnh, thành phố.",
    offices: "{0} trong {1} cơ quan có địa chỉ, {2} có số điện thoại, {3} đã đóng cửa.",
    dates: "{0} trong {1} cơ quan có nguồn ghi ngày, từ {2} tới {3}.",
    missing: "Chưa cơ quan nào có giờ làm việc hay toạ độ kèm nguồn.",
    with_heading: "Nơi có cơ quan kèm địa chỉ",
    without_heading: "Nơi chưa có địa chỉ nào",
    without_lead: "Ở các nơi này trang chỉ biết tên BHXH tỉnh, thành phố và chỉ bạn tới tổng đài.",
    found: "{0} cơ quan: {1} có địa chỉ, {2} có số điện thoại, {3} có nguồn ghi ngày.",
    listed: "{0} số điện thoại.",
    known_wards: "{0}/{1} phường, xã rõ cơ quan;",
    all_wards: "Cả {0} phường, xã rõ cơ quan.",
    no_ward: "{0} nơi chưa rõ",
    no_wards: "{0} phường, xã chưa rõ cơ quan",
    sources_heading: "Nguồn",
    sources_lead: "Trang của mỗi cơ quan dẫn tới đúng bài hay văn bản đã dùng. Theo nơi đăng:",
    source: "{0}: {1} cơ quan, ",
    latest: "mới nhất {0}",
    undated: "không rõ ngày",
    pageless: "Nguồn không có trang để dẫn: {1} cơ quan, ",
    licences_heading: "Giấy phép",
    licences: "Tên và mã đơn vị mới: thanglequoc/vietnamese-provinces-database (MIT). Điểm giữa và bảng đổi tên: tranngocminhhieu/vietnamadminunits (MIT).",
    licences_whole: "Toàn văn giấy phép",
    newest: "Nguồn mới nhất của danh bạ: {0}.",
    back: "Tìm cơ quan",
};

static EN: Words = Words {
    lead: "Every number here is counted from this directory itself. What has no source is said to be missing, never guessed.",
    country: "The whole country",
    provincial: "{0} of {1} provincial offices have a sourced address.",
    any: "{0} of {1} provinces have at least one office with a sourced address.",
    wards: "For {0} of {1} wards a published list names the office; for {2} more it follows from an office that was merged into another. For the other {3} it is not known: the site leads to the provincial office.",
    offices: "{0} of {1} offices have an address, {2} a telephone number, {3} are closed.",
    dates: "{0} of {1} offices have a source with a date, from {2} to {3}.",
    missing: "No office has sourced hours or coordinates yet.",
    with_heading: "Provinces that have an office with an address",
    without_heading: "Provinces without any address yet",
    without_lead: "There the site knows only the name of the provincial office, and leads to the hotline.",
    found: "{0} offices: {1} with an address, {2} with a telephone number, {3} with a dated source.",
    listed: "{0} telephone numbers.",
    known_wards: "The office is known for {0} of {1} wards;",
    all_wards: "The office is known for all {0} wards.",
    no_ward: "unknown for {0}",
    no_wards: "The office is unknown for {0} wards",
    sources_heading: "Sources",
    sources_lead: "Each office’s page links the very article or document that was used. By where they are published:",
    source: "{0}: {1} offices, ",
    latest: "the newest of {0}",
    undated: "date unknown",
    pageless: "Sources without a page to link: {1} offices, ",
    licences_heading: "Licences",
    licences: "Names and codes of the new units: thanglequoc/vietnamese-provinces-database (MIT). Middles of wards and changes of names: tranngocminhhieu/vietnamadminunits (MIT).",
    licences_whole: "The licences in full",
    newest: "Newest source in the directory: {0}.",
    back: "Find an office",
};

/// The page under its heading.
pub fn page(d: &Directory<'_>, lang: Locale) -> String {
    let w = match lang {
        Locale::Vi => &VI,
        Locale::En => &EN,
    };
    let mut h = Html::new(lang);
    h.raw("<p class=\"lead\">").raw(w.lead).raw("</p>");
    h.country(d, w);
    let (with, without): (Vec<Known>, Vec<Known>) =
        provinces(d).into_iter().partition(|known| known.addresses > 0);
    h.raw("<h2>").raw(w.with_heading).raw(" (").number(with.len()).raw(")</h2>");
    h.known(d, w, &with);
    h.raw("<h2>").raw(w.without_heading).raw(" (").number(without.len()).raw(")</h2><p>");
    h.raw(w.without_lead).raw("</p>").known(d, w, &without);
    h.sources(d, w);
    h.raw("<h2>").raw(w.licences_heading).raw("</h2><p>").raw(w.licences);
    h.raw(" <a href=\"").raw(LICENCES).raw("\" rel=\"external\">").raw(w.licences_whole);
    h.raw("</a></p><p><a class=\"button button-quiet\" href=\"").raw(base(lang)).raw("\">");
    h.raw(w.back).raw("</a></p>");
    h.finish()
}

/// What is known of a province.
struct Known {
    name: String,
    /// The page that says the rest.
    page: Option<OfficeId>,
    /// Offices that are not closed.
    offices: usize,
    addresses: usize,
    phones: usize,
    dates: usize,
    wards: usize,
    /// Wards whose office a source names, or one that it was merged into.
    sourced: usize,
}

fn provinces(d: &Directory<'_>) -> Vec<Known> {
    let mut all: Vec<Known> = d.provinces().map(|province| known(d, province)).collect();
    all.sort_by_key(|known| offices::fold(&known.name));
    all
}

fn known(d: &Directory<'_>, province: ProvinceId) -> Known {
    let count = |holds: &dyn Fn(&Office<'_>) -> bool| {
        let here = d.offices().iter().filter(|o| o.province == province);
        let open = here.filter(|o| o.level != Level::Central && o.status != Status::Closed);
        open.filter(|o| holds(o)).count()
    };
    let wards = || d.wards().filter(|ward| d.ward_province(*ward) == province);
    Known {
        name: bare(&d.province_name(province)).to_owned(),
        page: d.provincial_office(province).map(|o| o.key),
        offices: count(&|_| true),
        addresses: count(&|o| !o.address.is_empty()),
        phones: count(&|o| !o.phone.is_empty()),
        dates: count(&|o| !o.source_date.is_empty()),
        wards: wards().count(),
        sourced: wards()
            .filter(|w| d.serving(*w).is_some_and(|s| s.basis != Basis::Provincial))
            .count(),
    }
}

/// Where offices come from: the site, how many, the newest date.
fn sources<'d>(d: &'d Directory<'_>) -> Vec<(&'d str, usize, &'d str)> {
    let mut all: Vec<(&str, usize, &str)> = Vec::new();
    for o in d.offices() {
        let address = o.source_url.split_once("://").map_or("", |(_, rest)| rest);
        let site = address.split('/').next().unwrap_or("").trim_start_matches("www.");
        match all.iter_mut().find(|(known, ..)| *known == site) {
            Some((_, count, newest)) => {
                *count += 1;
                *newest = o.source_date.max(newest);
            }
            None => all.push((site, 1, o.source_date)),
        }
    }
    // The one without a page last.
    all.sort_by_key(|(site, count, _)| (site.is_empty(), usize::MAX - count, *site));
    all
}

impl Html {
    fn number(&mut self, n: usize) -> &mut Self {
        self.text(&n.to_string())
    }

    fn country(&mut self, d: &Directory<'_>, w: &Words) {
        let c = d.coverage();
        let n = |number: u16| number.to_string();
        let closed = d.offices().iter().filter(|o| o.status == Status::Closed).count();
        let dates = || d.offices().iter().map(|o| o.source_date).filter(|date| !date.is_empty());
        let [oldest, newest] = [dates().min(), dates().max()].map(|d| shown_date(d.unwrap_or("")));
        let lines: [(&str, &[String]); 6] = [
            (w.provincial, &[n(c.provinces_with_address), n(c.provinces)]),
            (w.any, &[n(c.provinces_with_office), n(c.provinces)]),
            (
                w.wards,
                &[
                    n(c.wards_sourced),
                    n(c.wards),
                    n(c.wards_merged),
                    n(c.wards - c.wards_sourced - c.wards_merged),
                ],
            ),
            (
                w.offices,
                &[
                    n(c.offices_with_address),
                    n(c.offices),
                    n(c.offices_with_phone),
                    closed.to_string(),
                ],
            ),
            (w.dates, &[n(c.offices_with_date), n(c.offices), oldest, newest]),
            (w.missing, &[]),
        ];
        self.raw("<h2>").raw(w.country).raw("</h2><ul>");
        for (sentence, values) in lines {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            self.raw("<li>").say(sentence, &values).raw("</li>");
        }
        self.raw("</ul>");
    }

    fn known(&mut self, d: &Directory<'_>, w: &Words, all: &[Known]) {
        self.raw("<dl class=\"coverage\">");
        for known in all {
            let page = known.page.and_then(|key| d.office(key)).map(|o| o.id);
            let href = page.map(|id| [base(self.lang), "/", id].concat()).unwrap_or_default();
            self.raw("<dt><a href=\"").text(&href).raw("\">").vietnamese(&known.name);
            self.raw("</a></dt><dd>");
            let counts = [known.offices, known.addresses, known.phones, known.dates];
            let [offices, addresses, phones, dates] = counts.map(|n| n.to_string());
            // Where only the provincial office's name is known, the number says enough.
            if known.addresses > 0 {
                self.say(w.found, &[&offices, &addresses, &phones, &dates]);
            } else if known.phones > 0 {
                self.say(w.listed, &[&phones]);
            }
            self.raw(" ");
            let [sourced, wards] = [known.sourced, known.wards].map(|n| n.to_string());
            let rest = (known.wards - known.sourced).to_string();
            match (known.sourced, known.wards - known.sourced) {
                (_, 0) => self.say(w.all_wards, &[&wards]),
                (0, _) => self.part(&href, w.no_wards, &rest),
                _ => {
                    self.say(w.known_wards, &[&sourced, &wards]).raw(" ");
                    self.part(&href, w.no_ward, &rest)
                }
            };
            self.raw("</dd>");
        }
        self.raw("</dl>");
    }

    /// A link to the wards whose office is not known.
    fn part(&mut self, href: &str, words: &str, count: &str) -> &mut Self {
        self.raw("<a href=\"").text(href).raw("#").raw(UNKNOWN_WARDS).raw("\">");
        self.say(words, &[count]).raw("</a>.")
    }

    fn sources(&mut self, d: &Directory<'_>, w: &Words) {
        self.raw("<h2>").raw(w.sources_heading).raw("</h2><p>").raw(w.sources_lead);
        self.raw("</p><ul>");
        for (site, count, newest) in sources(d) {
            let sentence = if site.is_empty() { w.pageless } else { w.source };
            self.raw("<li>").say(sentence, &[site, &count.to_string()]);
            match newest {
                "" => self.raw(w.undated),
                date => self.say(w.latest, &[&shown_date(date)]),
            };
            self.raw(".</li>");
        }
        let as_of = d.as_of();
        let date = [as_of % 100, as_of / 100 % 100, as_of / 10_000].map(|n| n.to_string());
        self.raw("</ul><p>").say(w.newest, &[&date.join("/")]).raw("</p>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory<'static> {
        Directory::parse(offices::EMBEDDED).unwrap()
    }

    #[test]
    fn every_province_stands_once_with_or_without_an_address() {
        let d = directory();
        for lang in Locale::ALL {
            let html = page(&d, lang);
            assert_eq!(html.matches("<dt><a href=\"").count(), 34);
            assert_eq!(html.matches("href=\"\"").count(), 0);
            assert!(!html.contains("{{") && !html.contains("{0}") && !html.contains("{3}"));
        }
    }

    #[test]
    fn the_parts_add_up_to_the_whole() {
        let d = directory();
        let (all, c) = (provinces(&d), d.coverage());
        let sum = |part: fn(&Known) -> usize| all.iter().map(part).sum::<usize>();
        assert_eq!(sum(|known| known.wards), usize::from(c.wards));
        assert_eq!(sum(|known| known.sourced), usize::from(c.wards_sourced + c.wards_merged));
        let with = all.iter().filter(|known| known.addresses > 0).count();
        assert_eq!(with, usize::from(c.provinces_with_office));
        assert_eq!(sources(&d).iter().map(|(_, count, _)| count).sum::<usize>(), d.offices().len());
    }

    #[test]
    fn a_province_with_unknown_wards_leads_to_their_names() {
        let d = directory();
        let html = page(&d, Locale::Vi);
        for known in provinces(&d).iter().filter(|known| known.sourced < known.wards) {
            let office = d.office(known.page.unwrap()).unwrap();
            assert!(html.contains(&format!("/co-quan/{}#{UNKNOWN_WARDS}", office.id)));
            let site = crate::office::Site { script: "/finder.js", ..Default::default() };
            let there = crate::office::page(&d, office, Locale::Vi, site);
            assert!(there.contains(&format!("id=\"{UNKNOWN_WARDS}\"")), "{}", office.id);
        }
    }
}
