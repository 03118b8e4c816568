//! Office rows: the rules that a row must keep, each with the column it speaks of.

use std::collections::HashMap;

use super::csv::{Row, Table};
use super::report::Report;
use super::units::{Cell, Units, index};
use crate::hours::Week;

/// The header of an office table. Columns after `source_date` may be left out.
pub const OFFICE_COLUMNS: [&str; 25] = [
    "id",
    "level",
    "name_vi",
    "former_name",
    "province_code",
    "address_vi",
    "address_names",
    "phone",
    "email",
    "website",
    "hours",
    "lat",
    "lon",
    "status",
    "successor",
    "confidence",
    "source_url",
    "source_note",
    "source_date",
    "wards",
    "former_wards",
    "former_districts",
    "notice_vi",
    "notice_en",
    "note",
];

/// Columns that every table must have.
const NEEDED: [&str; 9] = [
    "id",
    "level",
    "name_vi",
    "province_code",
    "address_vi",
    "phone",
    "status",
    "confidence",
    "source_url",
];

/// Not for offices: `/co-quan/du-lieu` tells what the directory knows.
const RESERVED: [&str; 1] = ["du-lieu"];

/// One checked office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OfficeRow {
    pub(crate) line: u32,
    pub(crate) id: String,
    /// 0 central, 1 provincial, 2 local.
    pub(crate) level: u8,
    /// 0 current, 1 before July 2025, 2 closed, 3 name only.
    pub(crate) status: u8,
    /// 0 low, 1 medium, 2 high.
    pub(crate) confidence: u8,
    pub(crate) old_names: bool,
    pub(crate) province: u16,
    pub(crate) name: String,
    /// In the order of the format: former names, address, phone, email, website, hours,
    /// source url, source note, source date, notice vi, notice en.
    pub(crate) texts: [String; 11],
    /// 10⁻⁶ degrees.
    pub(crate) point: Option<(i32, i32)>,
    pub(crate) successors: Vec<String>,
    pub(crate) wards: Vec<u16>,
    pub(crate) former_wards: Vec<u16>,
    pub(crate) former_districts: Vec<u16>,
}

/// Reads and checks office rows one by one; relations between rows come later.
pub(crate) fn read(table: &Table<'_>, units: &Units, report: &mut Report) -> Vec<OfficeRow> {
    for (i, name) in table.header.iter().enumerate() {
        if !OFFICE_COLUMNS.contains(&name.as_str()) {
            report.add(table.file, 1, name, "no such column; the README lists them");
        } else if table.header.iter().take(i).any(|h| h == name) {
            report.add(table.file, 1, name, "this column stands twice");
        }
    }
    if table.columns(NEEDED, report).is_none() {
        return Vec::new();
    }
    let mut lines: HashMap<String, u32> = HashMap::new();
    let mut out = Vec::new();
    for row in &table.rows {
        let fields = Fields { table, row };
        if let Some(first) = lines.insert(fields.text("id").to_owned(), row.line) {
            fields.wrong("id", report, &format!("stands already in line {first}"));
        }
        out.push(check(&fields, units, report));
    }
    out
}

struct Fields<'t> {
    table: &'t Table<'t>,
    row: &'t Row,
}

impl<'t> Fields<'t> {
    fn text(&self, column: &str) -> &'t str {
        self.table.column(column).map_or("", |i| self.row.get(i))
    }

    fn cell(&self, column: &'t str) -> Cell<'t> {
        let text = self.text(column);
        Cell { file: self.table.file, line: self.row.line, column, text }
    }

    fn wrong(&self, column: &str, report: &mut Report, message: &str) {
        report.add(self.table.file, self.row.line, column, message);
    }

    fn choice(&self, column: &str, choices: &[&str], report: &mut Report) -> u8 {
        let text = self.text(column);
        let found = choices.iter().position(|c| *c == text);
        if found.is_none() {
            self.wrong(column, report, &format!("“{text}” is none of {}", choices.join(", ")));
        }
        u8::try_from(found.unwrap_or(0)).unwrap_or(0)
    }

    fn list(&self, column: &str) -> impl Iterator<Item = &'t str> {
        self.text(column).split(';').map(str::trim).filter(|t| !t.is_empty())
    }
}

fn check(f: &Fields<'_>, units: &Units, report: &mut Report) -> OfficeRow {
    let mut out =
        OfficeRow { line: f.row.line, id: f.text("id").to_owned(), ..OfficeRow::default() };
    let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if out.id.is_empty() || out.id.len() > 64 || !out.id.chars().all(slug) {
        f.wrong("id", report, "1 to 64 small letters, digits and dashes");
    }
    if RESERVED.contains(&out.id.as_str()) {
        f.wrong("id", report, "is the address of another page");
    }
    out.level = f.choice("level", &["central", "provincial", "local"], report);
    let states = ["current", "pre-2025-07-name", "closed-2025-10-01", "name-only"];
    out.status = f.choice("status", &states, report);
    out.confidence = f.choice("confidence", &["low", "medium", "high"], report);
    out.old_names = f.choice("address_names", &["", "before-2025-07"], report) == 1;
    out.name = f.cell("name_vi").text(report);
    if out.name.is_empty() {
        f.wrong("name_vi", report, "a name is needed");
    }
    if out.status == 3 && !f.text("address_vi").is_empty() {
        f.wrong("status", report, "name-only, but there is an address");
    }
    if out.status != 3 && f.text("address_vi").is_empty() {
        f.wrong("address_vi", report, "empty; the status must then be name-only");
    }
    let code = f.cell("province_code");
    if let Some(number) = code.number::<u8>(2, report) {
        match units.province_by_code.get(&number) {
            Some(i) => out.province = *i,
            None => code.wrong(report, "no such province since July 2025"),
        }
    }
    for phone in f.list("phone").filter(|p| !is_phone(p)) {
        f.wrong("phone", report, &format!("“{phone}” is no Vietnamese telephone number"));
    }
    check_links(f, report);
    if !f.text("hours").is_empty() && Week::parse(f.text("hours")).is_none() {
        f.wrong(
            "hours",
            report,
            "write for example: mon-fri 08:00-12:00,13:00-17:00; sat 08:00-11:30",
        );
    }
    out.point = point(f, report);
    let names = [
        "former_name",
        "address_vi",
        "phone",
        "email",
        "website",
        "hours",
        "source_url",
        "source_note",
        "source_date",
        "notice_vi",
        "notice_en",
    ];
    for (slot, name) in out.texts.iter_mut().zip(names) {
        *slot = f.cell(name).text(report);
    }
    out.successors = f.list("successor").map(str::to_owned).collect();
    if out.status == 2 && out.successors.is_empty() {
        f.wrong("successor", report, "a closed office must say where to go now");
    }
    if out.status != 2 && !out.successors.is_empty() {
        f.wrong("successor", report, "only a closed office has one");
    }
    out.wards = codes(f, "wards", 5, &units.ward_by_code, report);
    out.former_wards = codes(f, "former_wards", 5, &units.ward_by_code, report);
    out.former_districts = codes(f, "former_districts", 3, &units.district_by_code, report);
    if out.status == 2 && !out.wards.is_empty() {
        f.wrong("wards", report, "a closed office serves none; write them into former_wards");
    }
    out
}

fn check_links(f: &Fields<'_>, report: &mut Report) {
    for column in ["website", "source_url"] {
        let text = f.text(column);
        let web = text.starts_with("https://") || text.starts_with("http://");
        if !text.is_empty() && (!web || text.contains([' ', '"', '<', '>'])) {
            f.wrong(column, report, "no web address");
        }
    }
    let email = f.text("email");
    let plain = email.split_once('@').is_some_and(|(a, b)| !a.is_empty() && b.contains('.'));
    if !email.is_empty() && (!plain || email.contains([' ', '<', '>', ','])) {
        f.wrong("email", report, "no email address");
    }
    if f.text("source_url").is_empty() && f.text("source_note").is_empty() {
        f.wrong(
            "source_url",
            report,
            "a source is missing; without a page, say in source_note where the row comes from",
        );
    }
    if !is_date(f.text("source_date")) {
        f.wrong(
            "source_date",
            report,
            "write YYYY, YYYY-MM or YYYY-MM-DD, or leave it empty: unknown",
        );
    }
}

/// `1900 …` and `1800 …` (8 to 10 digits), else 10 or 11 digits that begin with 0.
fn is_phone(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let tidy = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-'));
    let service = (digits.starts_with("1900") || digits.starts_with("1800"))
        && (8..=10).contains(&digits.len());
    tidy && (service || digits.starts_with('0') && (10..=11).contains(&digits.len()))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |i: usize, width: usize, range: std::ops::RangeInclusive<u16>| match parts.get(i) {
        Some(p) => {
            p.len() == width
                && p.bytes().all(|b| b.is_ascii_digit())
                && p.parse().is_ok_and(|n| range.contains(&n))
        }
        None => true,
    };
    text.is_empty()
        || parts.len() <= 3
            && number(0, 4, 2000..=2100)
            && number(1, 2, 1..=12)
            && number(2, 2, 1..=31)
}

fn point(f: &Fields<'_>, report: &mut Report) -> Option<(i32, i32)> {
    let (lat, lon) = (f.text("lat"), f.text("lon"));
    if lat.is_empty() && lon.is_empty() {
        return None;
    }
    let read = |column: &str, text: &str, range: std::ops::Range<f64>, report: &mut Report| {
        let degrees = text.parse::<f64>().ok().filter(|d| range.contains(d));
        if degrees.is_none() {
            f.wrong(column, report, &format!("“{text}” are no degrees in Vietnam"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked to lie within Vietnam")]
        degrees.map(|d| (d * 1e6).round() as i32)
    };
    let lat = read("lat", lat, 6.0..24.0, report);
    let lon = read("lon", lon, 100.0..118.0, report);
    Some((lat?, lon?))
}

fn codes(
    f: &Fields<'_>,
    column: &str,
    width: usize,
    known: &HashMap<u16, u16>,
    report: &mut Report,
) -> Vec<u16> {
    let mut out = Vec::new();
    for text in f.list(column) {
        let cell = Cell { file: f.table.file, line: f.row.line, column, text };
        let Some(number) = cell.number::<u16>(width, report) else { continue };
        match known.get(&number) {
            Some(i) if out.contains(i) => cell.wrong(report, &format!("{text} stands twice")),
            Some(i) => out.push(*i),
            None => cell.wrong(report, &format!("{text} is unknown")),
        }
    }
    out
}

/// Relations between rows: successors exist and are open, a ward has one serving office.
pub(crate) fn relate(file: &str, rows: &[OfficeRow], units: &Units, report: &mut Report) {
    let by_id: HashMap<&str, usize> =
        rows.iter().enumerate().map(|(i, r)| (r.id.as_str(), i)).collect();
    let mut served: HashMap<u16, &OfficeRow> = HashMap::new();
    let mut provincial: HashMap<u16, &OfficeRow> = HashMap::new();
    for row in rows {
        for id in &row.successors {
            match by_id.get(id.as_str()).and_then(|i| rows.get(*i)) {
                None => report.add(file, row.line, "successor", &format!("no office “{id}”")),
                Some(next) if next.status == 2 => {
                    report.add(file, row.line, "successor", &format!("“{id}” is closed itself"));
                }
                Some(_) => {}
            }
        }
        for ward in &row.wards {
            if let Some(other) = served.insert(*ward, row) {
                let label = units.ward_label(*ward);
                let message = format!("{label} is served by “{}” already", other.id);
                report.add(file, row.line, "wards", &message);
            }
        }
        if row.level == 1
            && let Some(other) = provincial.insert(row.province, row)
        {
            let message = format!("“{}” is the provincial office already", other.id);
            report.add(file, row.line, "province_code", &message);
        }
    }
    for (i, province) in units.provinces.iter().enumerate() {
        if !provincial.contains_key(&index(i)) {
            let message = format!("no provincial office for {}", province.named.name);
            report.add(file, 1, "province_code", &message);
        }
    }
}
