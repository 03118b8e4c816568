//! A small reader of comma-separated values (RFC 4180), with places for reports.

use super::report::Report;

/// A table with named columns; every row knows its line in the file.
#[derive(Debug, Default)]
pub(crate) struct Table<'a> {
    pub(crate) file: &'a str,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// One record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Line of the file that the record begins on, from 1.
    pub(crate) line: u32,
    pub(crate) fields: Vec<String>,
}

impl<'a> Table<'a> {
    /// Reads `text`; rows of another length than the header go into the report.
    pub(crate) fn read(file: &'a str, text: &str, report: &mut Report) -> Self {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut records = records(file, text, report).into_iter();
        let Some(header) = records.next() else {
            report.add(file, 1, "", "the file is empty");
            return Self { file, ..Self::default() };
        };
        let width = header.fields.len();
        let mut rows = Vec::new();
        for row in records {
            if row.fields.len() == width {
                rows.push(row);
            } else {
                let message = format!("{} fields, the header has {width}", row.fields.len());
                report.add(file, row.line, "", &message);
            }
        }
        Self { file, header: header.fields, rows }
    }

    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|h| h == name)
    }

    /// The place of each named column; what is missing goes into the report.
    pub(crate) fn columns<const N: usize>(
        &self,
        names: [&str; N],
        report: &mut Report,
    ) -> Option<[usize; N]> {
        let mut out = [0; N];
        for (slot, name) in out.iter_mut().zip(names) {
            if let Some(i) = self.column(name) {
                *slot = i;
            } else {
                report.add(self.file, 1, name, "this column is missing");
            }
        }
        names.iter().all(|n| self.column(n).is_some()).then_some(out)
    }
}

impl Row {
    pub(crate) fn get(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", |f| f.trim())
    }
}

fn records(file: &str, text: &str, report: &mut Report) -> Vec<Row> {
    let mut out = Vec::new();
    let mut row = Row { line: 1, fields: Vec::new() };
    let mut field = String::new();
    let (mut line, mut quoted) = (1, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                field.push('"');
                chars.next();
            }
            '"' if quoted || field.is_empty() => quoted = !quoted,
            _ if quoted => field.push(c),
            ',' => row.fields.push(std::mem::take(&mut field)),
            '\n' => {
                if field.ends_with('\r') {
                    field.pop();
                }
                finish(&mut out, &mut row, &mut field);
                row.line = line;
            }
            _ => field.push(c),
        }
    }
    if quoted {
        report.add(file, row.line, "", "a quotation mark is never closed");
    }
    finish(&mut out, &mut row, &mut field);
    out
}

/// Ends a record; an empty line is none.
fn finish(out: &mut Vec<Row>, row: &mut Row, field: &mut String) {
    if !field.is_empty() || !row.fields.is_empty() {
        row.fields.push(std::mem::take(field));
        out.push(std::mem::take(row));
    }
}

/// Writes one record.
pub(crate) fn write_row<'r>(out: &mut String, fields: impl Iterator<Item = &'r str>) {
    for (i, field) in fields.enumerate() {
        if i > 0 {
            out.push(',');
        }
        if field.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(field);
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_commas_and_line_breaks_survive() {
        let mut report = Report::default();
        let text = "a,b\n\"x, \"\"y\"\"\",1\n\n\"two\nlines\",2\r\n";
        let table = Table::read("t.csv", text, &mut report);
        assert!(report.is_empty());
        let fields: Vec<_> = table.rows.iter().map(|r| (r.line, r.get(0), r.get(1))).collect();
        assert_eq!(fields, [(2, "x, \"y\"", "1"), (4, "two\nlines", "2")]);
        let mut out = String::new();
        write_row(&mut out, ["x, \"y\"", "1"].into_iter());
        assert_eq!(out, "\"x, \"\"y\"\"\",1\n");
    }

    #[test]
    fn a_row_that_is_too_short_is_named_with_its_line() {
        let mut report = Report::default();
        Table::read("t.csv", "a,b\n1,2\n3\n", &mut report);
        assert_eq!(report.to_string(), "t.csv:3: 1 fields, the header has 2\n");
    }

    #[test]
    fn an_open_quotation_mark_is_an_error() {
        let mut report = Report::default();
        Table::read("t.csv", "a\n\"x\n", &mut report);
        assert!(report.to_string().contains("never closed"));
    }
}
