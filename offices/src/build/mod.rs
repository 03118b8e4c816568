//! The checked way from CSV tables to the compact format. Pure: texts in, bytes or a report out.
//!
//! Nothing is half-imported: [`compile`] gives a whole directory or says, by row and column, what
//! is wrong; [`merge`] gives a whole new office table that compiles, or the same report.

mod csv;
mod encode;
mod report;
mod rows;
mod units;

pub use report::{Problem, Report};
pub use rows::OFFICE_COLUMNS;

use csv::{Table, write_row};
use rows::OfficeRow;
use units::Units;

/// The tables as texts.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'t> {
    /// `provinces.csv`
    pub provinces: &'t str,
    /// `wards_34.csv`
    pub wards: &'t str,
    /// `old_ward_to_new_ward.csv`
    pub old_wards: &'t str,
    /// `aliases.csv`
    pub aliases: &'t str,
    /// `offices.csv`
    pub offices: &'t str,
}

/// Another name for a unit or an office, as searched.
pub(crate) struct Alias {
    pub(crate) entry: u16,
    pub(crate) text: String,
}

/// What an import changes, by office id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// New rows.
    pub added: Vec<String>,
    /// Rows with another content than before.
    pub changed: Vec<String>,
    /// Rows that are the same.
    pub unchanged: Vec<String>,
    /// Rows that are gone (only with [`Mode::Replace`]).
    pub removed: Vec<String>,
}

/// How a file meets the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Rows of the same id are replaced, all others stay.
    Merge,
    /// The file is the whole table.
    Replace,
}

/// Checks all tables and gives the compact format, or everything that is wrong.
pub fn compile(tables: &Tables<'_>) -> Result<Vec<u8>, Report> {
    let mut report = Report::default();
    let units = Units::read(tables.provinces, tables.wards, tables.old_wards, &mut report);
    let table = Table::read("offices.csv", tables.offices, &mut report);
    let offices = rows::read(&table, &units, &mut report);
    rows::relate("offices.csv", &offices, &units, &mut report);
    let aliases = aliases(tables.aliases, &units, &offices, &mut report);
    if report.is_empty() { Ok(encode::encode(&units, &offices, &aliases)) } else { Err(report) }
}

/// Checks the office rows of `file` (called `name` in the report) and puts them among the present
/// ones. Gives the new `offices.csv` and what it changes.
pub fn merge(
    tables: &Tables<'_>,
    name: &str,
    file: &str,
    mode: Mode,
) -> Result<(String, Changes), Report> {
    let mut report = Report::default();
    let units = Units::read(tables.provinces, tables.wards, tables.old_wards, &mut report);
    let incoming = Table::read(name, file, &mut report);
    rows::read(&incoming, &units, &mut report);
    if !report.is_empty() {
        return Err(report);
    }
    let present = Table::read("offices.csv", tables.offices, &mut report);
    let (merged, changes) = combine(&present, &incoming, mode);
    // Relations are checked over the whole new table, whose lines are those of `offices.csv`.
    compile(&Tables { offices: &merged, ..*tables })?;
    Ok((merged, changes))
}

/// The rows in the columns of [`OFFICE_COLUMNS`], present ones in their places, new ones at the end.
fn combine(present: &Table<'_>, incoming: &Table<'_>, mode: Mode) -> (String, Changes) {
    let normal = |table: &Table<'_>| -> Vec<Vec<String>> {
        let places = OFFICE_COLUMNS.map(|c| table.column(c));
        let cells = |row: &csv::Row| {
            places.iter().map(|p| p.map_or("", |i| row.get(i)).to_owned()).collect()
        };
        table.rows.iter().map(cells).collect()
    };
    let (old, mut new) = (normal(present), normal(incoming));
    let id = |row: &[String]| row.first().cloned().unwrap_or_default();
    let mut changes = Changes::default();
    let mut out = Vec::new();
    for row in old {
        match new.iter().position(|n| n.first() == row.first()) {
            Some(i) => {
                let next = new.remove(i);
                let list = if next == row { &mut changes.unchanged } else { &mut changes.changed };
                list.push(id(&row));
                out.push(next);
            }
            None if mode == Mode::Replace => changes.removed.push(id(&row)),
            None => out.push(row),
        }
    }
    for row in new {
        changes.added.push(id(&row));
        out.push(row);
    }
    let mut text = String::new();
    write_row(&mut text, OFFICE_COLUMNS.into_iter());
    for row in &out {
        write_row(&mut text, row.iter().map(String::as_str));
    }
    (text, changes)
}

/// Other names of units from `aliases.csv`, former names of offices from their rows.
fn aliases(text: &str, units: &Units, offices: &[OfficeRow], report: &mut Report) -> Vec<Alias> {
    let table = Table::read("aliases.csv", text, report);
    let mut out = Vec::new();
    let bases = [0, units.provinces.len(), units.provinces.len() + units.old_provinces.len()];
    if let Some([kind, code, alias]) = table.columns(["kind", "code", "alias"], report) {
        for row in &table.rows {
            let number: u16 = row.get(code).parse().unwrap_or(u16::MAX);
            let short = u8::try_from(number).unwrap_or(u8::MAX);
            let (base, found) = match row.get(kind) {
                "province" => (bases[0], units.province_by_code.get(&short)),
                "old_province" => (bases[1], units.old_province_by_code.get(&short)),
                "district" => (bases[2], units.district_by_code.get(&number)),
                _ => (0, None),
            };
            match found {
                Some(i) => out.push(Alias {
                    entry: units::index(base + usize::from(*i)),
                    text: row.get(alias).to_owned(),
                }),
                None => report.add("aliases.csv", row.line, "code", "no such unit"),
            }
        }
    }
    let first_office = bases[2] + units.districts.len() + units.wards.len() + units.old_wards.len();
    for (i, office) in offices.iter().enumerate() {
        if office.level == 1 {
            // A provincial office is known by the other names of its province.
            let of_province = |a: &&Alias| a.entry == office.province;
            let more: Vec<String> =
                out.iter().filter(of_province).map(|a| a.text.clone()).collect();
            let entry = units::index(first_office + i);
            out.extend(more.into_iter().map(|text| Alias { entry, text }));
        }
        let names = office.texts.first().map_or("", String::as_str);
        for name in names.split(';').map(str::trim).filter(|n| !n.is_empty()) {
            let bare = ["BHXH liên huyện ", "BHXH cơ sở ", "BHXH "]
                .iter()
                .find_map(|head| name.strip_prefix(head))
                .unwrap_or(name);
            for part in bare.split(" - ") {
                out.push(Alias {
                    entry: units::index(first_office + i),
                    text: part.trim().to_owned(),
                });
            }
        }
    }
    out
}
