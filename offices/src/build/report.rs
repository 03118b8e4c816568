//! What is wrong with a table, by row and column.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the caller named it.
    pub file: String,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column by its name in the header; empty when the whole row is meant.
    pub column: String,
    /// What is wrong, in English.
    pub message: String,
}

/// All that is wrong. Empty: nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    problems: Vec<Problem>,
}

impl Report {
    pub(crate) fn add(&mut self, file: &str, line: u32, column: &str, message: &str) {
        self.problems.push(Problem {
            file: file.to_owned(),
            line,
            column: column.to_owned(),
            message: message.to_owned(),
        });
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// The problems in the order they were found.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for p in &self.problems {
            write!(f, "{}:{}: ", p.file, p.line)?;
            if !p.column.is_empty() {
                write!(f, "{}: ", p.column)?;
            }
            writeln!(f, "{}", p.message)?;
        }
        Ok(())
    }
}
