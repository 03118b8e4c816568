//! SQL text that local and remote D1 take.

use std::io::{self, Write};

/// D1 takes statements of at most 100 KB; this leaves room.
const MOST_BYTES: usize = 80_000;

/// One value of a row.
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Number(i64),
    Null,
}

/// Rows of one table, written as few large statements.
pub(crate) struct Rows {
    head: String,
    statement: String,
}

impl Rows {
    /// Rows for `table` with these columns. A row that is there already stays as it is.
    pub(crate) fn new(table: &str, columns: &str) -> Self {
        let head = format!("INSERT OR IGNORE INTO {table}({columns}) VALUES\n");
        Self { head, statement: String::new() }
    }

    pub(crate) fn add(&mut self, out: &mut dyn Write, cells: &[Cell<'_>]) -> io::Result<()> {
        let mut row = String::from("(");
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                row.push(',');
            }
            match cell {
                Cell::Text(text) => {
                    row.push('\'');
                    row.push_str(&text.replace('\'', "''"));
                    row.push('\'');
                }
                Cell::Number(number) => row.push_str(&number.to_string()),
                Cell::Null => row.push_str("NULL"),
            }
        }
        row.push(')');
        if self.statement.len() + row.len() > MOST_BYTES {
            self.end(out)?;
        }
        self.statement.push_str(if self.statement.is_empty() { &self.head } else { ",\n" });
        self.statement.push_str(&row);
        Ok(())
    }

    /// Writes what is still pending.
    pub(crate) fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if !self.statement.is_empty() {
            self.statement.push_str(";\n");
            out.write_all(self.statement.as_bytes())?;
            self.statement.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_name_does_not_end_the_text() {
        let mut out = Vec::new();
        let mut rows = Rows::new("t", "a,b,c");
        rows.add(&mut out, &[Cell::Text("O'B"), Cell::Number(-1), Cell::Null]).unwrap();
        rows.end(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "INSERT OR IGNORE INTO t(a,b,c) VALUES\n('O''B',-1,NULL);\n"
        );
    }

    #[test]
    fn no_statement_is_longer_than_the_database_takes() {
        let mut out = Vec::new();
        let mut rows = Rows::new("t", "a");
        for _ in 0..20_000 {
            rows.add(&mut out, &[Cell::Text("0123456789")]).unwrap();
        }
        rows.end(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches("0123456789").count(), 20_000);
        assert!(text.split(";\n").all(|statement| statement.len() < 100_000));
    }
}
