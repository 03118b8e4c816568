//! The tables of administrative units, as their sources write them.

use std::collections::HashMap;

use super::csv::{Row, Table};
use super::report::Report;
use crate::fold::{self, mark};
use crate::units::UnitKind;

/// A name without the word for its kind.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) kind: UnitKind,
    pub(crate) name: String,
}

#[derive(Debug)]
pub(crate) struct Province {
    pub(crate) code: u8,
    pub(crate) named: Named,
    pub(crate) lat: i32,
    pub(crate) lon: i32,
}

#[derive(Debug)]
pub(crate) struct OldProvince {
    pub(crate) code: u8,
    pub(crate) named: Named,
    pub(crate) now: u16,
}

#[derive(Debug)]
pub(crate) struct District {
    pub(crate) code: u16,
    pub(crate) named: Named,
    pub(crate) province: u16,
    /// New ward plus one, for islands that had no wards.
    pub(crate) became: u16,
}

#[derive(Debug)]
pub(crate) struct Ward {
    pub(crate) code: u16,
    pub(crate) named: Named,
    pub(crate) province: u16,
    pub(crate) lat: i32,
    pub(crate) lon: i32,
}

#[derive(Debug)]
pub(crate) struct OldWard {
    pub(crate) code: u16,
    pub(crate) named: Named,
    pub(crate) district: u16,
    pub(crate) became: Vec<u16>,
}

/// All units, checked.
#[derive(Debug, Default)]
pub(crate) struct Units {
    pub(crate) provinces: Vec<Province>,
    pub(crate) old_provinces: Vec<OldProvince>,
    pub(crate) districts: Vec<District>,
    pub(crate) wards: Vec<Ward>,
    pub(crate) old_wards: Vec<OldWard>,
    pub(crate) ward_by_code: HashMap<u16, u16>,
    pub(crate) district_by_code: HashMap<u16, u16>,
    pub(crate) province_by_code: HashMap<u8, u16>,
    pub(crate) old_province_by_code: HashMap<u8, u16>,
}

/// One cell with all that a report needs.
pub(crate) struct Cell<'t> {
    pub(crate) file: &'t str,
    pub(crate) line: u32,
    pub(crate) column: &'t str,
    pub(crate) text: &'t str,
}

impl Cell<'_> {
    pub(crate) fn wrong(&self, report: &mut Report, message: &str) {
        report.add(self.file, self.line, self.column, message);
    }

    pub(crate) fn number<N: std::str::FromStr>(
        &self,
        width: usize,
        report: &mut Report,
    ) -> Option<N> {
        let digits = self.text.len() == width && self.text.bytes().all(|b| b.is_ascii_digit());
        let parsed = if digits { self.text.parse().ok() } else { None };
        if parsed.is_none() {
            self.wrong(report, &format!("“{}” is no known code of {width} digits", self.text));
        }
        parsed
    }

    fn degrees(&self, report: &mut Report) -> Option<i32> {
        let degrees: Option<f64> = self.text.parse().ok();
        let inside = degrees.filter(|d| (5.0..125.0).contains(d));
        if inside.is_none() {
            self.wrong(report, &format!("“{}” are no degrees in Vietnam", self.text));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "checked to lie within 5 to 125 degrees"
        )]
        inside.map(|d| (d * 1e4).round() as i32)
    }

    /// Plain composed text of the Basic Multilingual Plane: highlights count UTF-16 units as chars.
    pub(crate) fn text(&self, report: &mut Report) -> String {
        if self.text.chars().any(|c| mark(c).is_some() || c.is_control() || u32::from(c) > 0xFFFF) {
            self.wrong(report, "write composed letters (NFC), no control characters, no emoji");
        }
        self.text.to_owned()
    }
}

const KIND_WORDS: [(&str, UnitKind); 9] = [
    ("phường ", UnitKind::Phuong),
    ("xã ", UnitKind::Xa),
    ("đặc khu ", UnitKind::DacKhu),
    ("thị trấn ", UnitKind::ThiTran),
    ("quận ", UnitKind::Quan),
    ("huyện ", UnitKind::Huyen),
    ("thị xã ", UnitKind::ThiXa),
    ("thành phố ", UnitKind::ThanhPho),
    ("tỉnh ", UnitKind::Tinh),
];

fn named(cell: &Cell<'_>, report: &mut Report) -> Option<Named> {
    let full = cell.text(report);
    let lower = full.to_lowercase();
    for (word, kind) in KIND_WORDS {
        if lower.starts_with(word) {
            let name = full.chars().skip(word.chars().count()).collect();
            return Some(Named { kind, name });
        }
    }
    cell.wrong(report, &format!("“{full}” does not begin with the word for its kind"));
    None
}

struct Source<'t> {
    table: Table<'t>,
}

impl<'t> Source<'t> {
    fn cell(&'t self, row: &'t Row, column: usize) -> Cell<'t> {
        Cell {
            file: self.table.file,
            line: row.line,
            column: self.table.header.get(column).map_or("", String::as_str),
            text: row.get(column),
        }
    }
}

impl Units {
    pub(crate) fn read(provinces: &str, wards: &str, old_wards: &str, report: &mut Report) -> Self {
        let mut units = Self::default();
        units.read_provinces(&Table::read("provinces.csv", provinces, report), report);
        units.read_wards(Table::read("wards_34.csv", wards, report), report);
        let table = Table::read("old_ward_to_new_ward.csv", old_wards, report);
        units.read_old_wards(table, report);
        units
    }

    fn read_provinces(&mut self, table: &Table<'_>, report: &mut Report) {
        let names = ["system", "code", "name_vi", "type", "new_code", "lat", "lon"];
        let Some([system, code, name, kind, now, lat, lon]) = table.columns(names, report) else {
            return;
        };
        let source = Source {
            table: Table { file: table.file, header: table.header.clone(), rows: Vec::new() },
        };
        for row in &table.rows {
            let Some(number) = source.cell(row, code).number::<u8>(2, report) else { continue };
            let name_cell = source.cell(row, name);
            let text = name_cell.text(report);
            let kind = match row.get(kind) {
                "thành phố" => UnitKind::ThanhPho,
                "tỉnh" => UnitKind::Tinh,
                other => {
                    let message = format!("“{other}” is neither tỉnh nor thành phố");
                    source.cell(row, kind).wrong(report, &message);
                    continue;
                }
            };
            let named = Named { kind, name: text };
            if row.get(system) == "new34" {
                let lat = source.cell(row, lat).degrees(report).unwrap_or(0);
                let lon = source.cell(row, lon).degrees(report).unwrap_or(0);
                if self.province_by_code.insert(number, index(self.provinces.len())).is_some() {
                    name_cell.wrong(report, "this code stands twice");
                }
                self.provinces.push(Province { code: number, named, lat, lon });
            } else {
                let Some(new) = source.cell(row, now).number::<u8>(2, report) else { continue };
                let Some(now_index) = self.province_by_code.get(&new) else {
                    source.cell(row, now).wrong(report, "no such new province above");
                    continue;
                };
                if self
                    .old_province_by_code
                    .insert(number, index(self.old_provinces.len()))
                    .is_some()
                {
                    name_cell.wrong(report, "this code stands twice");
                }
                self.old_provinces.push(OldProvince { code: number, named, now: *now_index });
            }
        }
    }

    fn read_wards(&mut self, table: Table<'_>, report: &mut Report) {
        let names = ["ward_code", "full_name_vi", "province_code", "lat", "lon"];
        let Some([code, name, province, lat, lon]) = table.columns(names, report) else { return };
        let source = Source { table };
        for row in &source.table.rows {
            let cell = source.cell(row, code);
            let Some(number) = cell.number::<u16>(5, report) else { continue };
            let Some(named) = named(&source.cell(row, name), report) else { continue };
            let province_cell = source.cell(row, province);
            let Some(in_province) = province_cell.number::<u8>(2, report) else { continue };
            let Some(province) = self.province_by_code.get(&in_province).copied() else {
                province_cell.wrong(report, "no such province");
                continue;
            };
            let lat = source.cell(row, lat).degrees(report).unwrap_or(0);
            let lon = source.cell(row, lon).degrees(report).unwrap_or(0);
            if self.ward_by_code.insert(number, index(self.wards.len())).is_some() {
                cell.wrong(report, "this code stands twice");
            }
            self.wards.push(Ward { code: number, named, province, lat, lon });
        }
    }

    fn read_old_wards(&mut self, table: Table<'_>, report: &mut Report) {
        let names = [
            "old_province_code",
            "old_district_code",
            "old_district",
            "old_ward_code",
            "old_ward",
            "new_ward_code",
        ];
        let Some([province, district, district_name, code, name, new]) =
            table.columns(names, report)
        else {
            return;
        };
        let source = Source { table };
        let mut known: HashMap<u16, usize> = HashMap::new();
        for row in &source.table.rows {
            let Some(in_province) = source.cell(row, province).number::<u8>(2, report) else {
                continue;
            };
            let Some(province) = self.old_province_by_code.get(&in_province).copied() else {
                source.cell(row, province).wrong(report, "no such old province");
                continue;
            };
            let Some(number) = source.cell(row, district).number::<u16>(3, report) else {
                continue;
            };
            let district = if let Some(d) = self.district_by_code.get(&number) {
                *d
            } else {
                let Some(named) = named(&source.cell(row, district_name), report) else { continue };
                let d = index(self.districts.len());
                self.districts.push(District { code: number, named, province, became: 0 });
                self.district_by_code.insert(number, d);
                d
            };
            let new_cell = source.cell(row, new);
            let Some(new_code) = new_cell.number::<u16>(5, report) else { continue };
            let Some(ward) = self.ward_by_code.get(&new_code).copied() else {
                new_cell.wrong(report, "no such ward in wards_34.csv");
                continue;
            };
            if row.get(code).is_empty() && row.get(name).is_empty() {
                // An island district without wards of its own.
                if let Some(d) = self.districts.get_mut(usize::from(district)) {
                    d.became = ward + 1;
                }
                continue;
            }
            let Some(number) = source.cell(row, code).number::<u16>(5, report) else { continue };
            if let Some(i) = known.get(&number).copied() {
                if let Some(old) = self.old_wards.get_mut(i) {
                    old.became.push(ward);
                }
                continue;
            }
            let Some(named) = named(&source.cell(row, name), report) else { continue };
            known.insert(number, self.old_wards.len());
            self.old_wards.push(OldWard { code: number, named, district, became: vec![ward] });
        }
        self.old_wards.sort_by_key(|o| o.district);
    }

    /// The folded name of a ward with its kind, for messages.
    pub(crate) fn ward_label(&self, ward: u16) -> String {
        let row = self.wards.get(usize::from(ward));
        row.map_or(String::new(), |w| {
            fold::fold(&format!("{} {}", w.named.kind.word(), w.named.name))
        })
    }
}

pub(crate) fn index(n: usize) -> u16 {
    crate::names::narrow(n)
}
