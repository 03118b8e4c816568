//! The languages a person can be written to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The language of a page or a message; on the wire `"vi"` or `"en"`.
///
/// ```
/// use recovery::locale::Locale;
///
/// assert_eq!(Locale::from_tag("en"), Some(Locale::En));
/// assert_eq!(Locale::default().as_str(), "vi");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Vietnamese, the first language of every page and message.
    #[default]
    Vi,
    /// English.
    En,
}

impl Locale {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The BCP 47 tag, as in `lang="…"`, on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The language of an exact tag as [`Self::as_str`] gives it; nothing else is accepted.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == tag)
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn a_locale_travels_as_its_tag() {
        for locale in Locale::ALL {
            let json = serde_json::to_string(&locale).unwrap();
            assert_eq!(json, format!("\"{}\"", locale.as_str()));
            assert_eq!(serde_json::from_str::<Locale>(&json).unwrap(), locale);
            assert_eq!(Locale::from_tag(&locale.to_string()), Some(locale));
        }
    }

    #[test]
    fn a_tag_that_is_not_offered_is_refused() {
        for tag in ["", "VI", "fr", "vi-VN", " vi"] {
            assert_eq!(Locale::from_tag(tag), None, "{tag:?}");
            assert!(serde_json::from_str::<Locale>(&format!("\"{tag}\"")).is_err(), "{tag:?}");
        }
    }
}
