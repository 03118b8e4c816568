//! Who runs this deployment: `operator.toml`, baked in by the build script.

use crate::routes::Lang;

/// What the deployment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Public help that touches no personal data.
    Guide,
    /// An agency serves its own accounts.
    Service,
}

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Both {
    pub vi: &'static str,
    pub en: &'static str,
}

impl Both {
    /// The text in one language.
    pub const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Vi => self.vi,
            Lang::En => self.en,
        }
    }
}

/// A help line shown on every page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hotline {
    pub label: Both,
    /// As people read it.
    pub number: &'static str,
    /// As a phone dials it, with the scheme.
    pub tel: &'static str,
    pub note: Both,
}

/// Accent colours, `#rrggbb`, for light and dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    pub accent: &'static str,
    pub accent_dark: &'static str,
}

/// The whole file.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the file")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator {
    pub mode: Mode,
    /// Synthetic members behind a banner that says so.
    pub demo: bool,
    /// Absolute address of this site, empty where it is not known at build time.
    pub site_url: &'static str,
    /// Whether devices may keep the site for days without a network; off empties their copies.
    pub offline: bool,
    /// Empty where nobody stands behind the site.
    pub name: Both,
    pub email: &'static str,
    pub phone: &'static str,
    pub url: &'static str,
    pub hotlines: &'static [Hotline],
    pub portal: &'static str,
    pub agency: &'static str,
    pub channel_email: bool,
    pub channel_sms: bool,
    pub channel_desk: bool,
    /// The number that texts go to, as people read it.
    pub sms_number: &'static str,
    /// What one text costs its sender; empty where nothing is known.
    pub sms_price: Both,
    pub colours: Colours,
}

impl Operator {
    /// Whether this deployment serves accounts itself.
    pub const fn serves(&self) -> bool {
        matches!(self.mode, Mode::Service)
    }

    /// Whether the email channel works here.
    pub const fn serves_email(&self) -> bool {
        self.serves() && self.channel_email
    }

    /// Whether the text-message channel works here.
    pub const fn serves_texts(&self) -> bool {
        self.serves() && self.channel_sms
    }

    /// Whether an office decides cases here, at `/ho-so`.
    pub const fn serves_desk(&self) -> bool {
        self.serves() && self.channel_desk
    }

    /// Whether an agency or organisation has put its name to the site.
    pub const fn is_named(&self) -> bool {
        !self.name.vi.is_empty()
    }
}

include!(concat!(env!("OUT_DIR"), "/operator.rs"));

/// The file itself, for the pre-renderer to compare.
#[cfg(feature = "ssr")]
pub const SOURCE: &str = include_str!("../../operator.toml");
