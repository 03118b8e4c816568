//! Who runs this deployment: `operator.toml`, baked in by the build script.

use recovery::locale::Locale;

/// What the deployment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Public help that touches no personal data.
    Guide,
    /// An agency serves its own accounts.
    Service,
}

impl Mode {
    /// As `GET /config` says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Service => "service",
        }
    }
}

/// A help line; texts as `[vi, en]`.
#[derive(Clone, Copy, Debug)]
pub struct Hotline {
    /// What it is.
    pub label: [&'static str; 2],
    /// As people read it.
    pub number: &'static str,
    /// Price or hours; may be empty.
    pub note: [&'static str; 2],
}

impl Hotline {
    /// As a phone dials it: international where there is a trunk zero; 1800 and 1900
    /// services cannot be dialled from abroad.
    pub fn tel(&self) -> String {
        let digits: String = self.number.chars().filter(char::is_ascii_digit).collect();
        match digits.strip_prefix('0') {
            Some(rest) => format!("tel:+84{rest}"),
            None => format!("tel:{digits}"),
        }
    }
}

/// What the Worker needs of the file.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// What the deployment does.
    pub mode: Mode,
    /// Synthetic members only.
    pub demo: bool,
    /// The operator's name, `[vi, en]`; empty where nobody stands behind the site.
    pub name: [&'static str; 2],
    /// Channels that this build serves.
    pub channels: &'static [&'static str],
    /// Help lines in their order.
    pub hotlines: &'static [Hotline],
}

/// The text of a pair `[vi, en]`.
pub const fn pick(texts: [&'static str; 2], locale: Locale) -> &'static str {
    match locale {
        Locale::Vi => texts[0],
        Locale::En => texts[1],
    }
}

include!(concat!(env!("OUT_DIR"), "/operator.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: &'static str) -> Hotline {
        Hotline { label: ["", ""], number, note: ["", ""] }
    }

    #[test]
    fn a_number_is_dialled_from_anywhere_where_it_can_be() {
        assert_eq!(line("1900 9068").tel(), "tel:19009068");
        assert_eq!(line("024 3789 9999").tel(), "tel:+842437899999");
    }
}
