//! Tables as `text/csv` (RFC 4180): comma, CRLF, quotes where they are needed.
//!
//! Spreadsheets take a cell that begins with one of `= + - @`, a tab or a line end for a formula
//! and may run it; such a cell begins with an apostrophe here. Numbers are written by us and
//! never begin with any of these.

/// One cell.
pub fn cell(text: &str) -> String {
    let armed = matches!(text.chars().next(), Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n'));
    // Full-width forms are read as the plain ones by some spreadsheets.
    let wide = matches!(text.chars().next(), Some('＝' | '＋' | '－' | '＠'));
    let safe = if armed || wide { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\r', '\n', ';', '\t']) || safe.trim() != safe {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

/// One line with its end.
pub fn line<T: AsRef<str>>(cells: &[T]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text.as_ref())).collect();
    cells.join(",") + "\r\n"
}
