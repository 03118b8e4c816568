//! A statement before it meets D1.

use std::fmt::Display;

/// A value to be bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bind {
    /// Text.
    Text(String),
    /// A whole number, within the 53 bits that JavaScript keeps exactly.
    Int(i64),
    /// Nothing.
    Null,
}

/// What of a statement's answer counts towards its write's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Nothing.
    Nothing,
    /// How many rows came back.
    Rows,
    /// The column `value` of the first row.
    Value,
    /// How many rows were changed, as D1 reports it: for figures, never for rules.
    Changes,
}

/// One statement with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    /// The text, with `?1` and on.
    pub text: &'static str,
    /// The values, in their order.
    pub binds: Vec<Bind>,
    /// What counts of the answer.
    pub gives: Gives,
}

impl Sql {
    /// A statement without values yet.
    pub const fn new(text: &'static str) -> Self {
        Self { text, binds: Vec::new(), gives: Gives::Nothing }
    }

    /// Adds a value.
    #[must_use]
    pub fn bind(mut self, value: Bind) -> Self {
        self.binds.push(value);
        self
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, value: &str) -> Self {
        self.bind(Bind::Text(value.to_owned()))
    }

    /// Adds something by the form it is printed in: ids and digests.
    #[must_use]
    pub fn show(self, value: impl Display) -> Self {
        self.bind(Bind::Text(value.to_string()))
    }

    /// Adds a whole number.
    #[must_use]
    pub fn int(self, value: i64) -> Self {
        self.bind(Bind::Int(value))
    }

    /// Says what of the answer counts.
    #[must_use]
    pub const fn gives(mut self, gives: Gives) -> Self {
        self.gives = gives;
        self
    }
}
