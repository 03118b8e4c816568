//! The operator's accent colours: checked for contrast, and turned into a style sheet of their
//! own where they differ from the built-in ones. Native build only.

use std::fmt;

use crate::operator::Colours;

/// What `style/tokens.css` has; an operator who keeps them needs no second sheet.
pub const BUILT_IN: Colours = Colours { accent: "#0b5d57", accent_dark: "#7fd6cc" };

/// The lightest and darkest grounds that an accent stands on, as in `style/tokens.css`.
const LIGHT_GROUNDS: [Rgb; 3] =
    [Rgb(0xfb, 0xf8, 0xf2), Rgb(0xff, 0xff, 0xff), Rgb(0xf1, 0xec, 0xe1)];
const DARK_GROUNDS: [Rgb; 3] =
    [Rgb(0x16, 0x1a, 0x19), Rgb(0x1f, 0x25, 0x24), Rgb(0x10, 0x14, 0x13)];
/// Text on the accent itself.
const ON_LIGHT: Rgb = Rgb(0xff, 0xff, 0xff);
const ON_DARK: Rgb = Rgb(0x06, 0x21, 0x1f);
/// WCAG 2.2, 1.4.3.
const ENOUGH: f64 = 4.5;

/// A colour of eight bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rgb(u8, u8, u8);

/// Why a colour cannot be used.
#[derive(Debug, PartialEq)]
pub enum ColourError {
    /// Not `#rrggbb`.
    Form(String),
    /// Too little contrast; the best would be 21.
    Contrast { colour: String, against: String, contrast: f64 },
}

impl fmt::Display for ColourError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(text) => write!(f, "{text:?} is no colour of the form #rrggbb"),
            Self::Contrast { colour, against, contrast } => {
                write!(f, "{colour} on {against} has a contrast of {contrast:.1}, not {ENOUGH}")
            }
        }
    }
}

impl std::error::Error for ColourError {}

/// The style sheet of these colours; `None` where they are the built-in ones.
pub fn sheet(colours: &Colours) -> Result<Option<String>, ColourError> {
    if *colours == BUILT_IN {
        return Ok(None);
    }
    let light = Rgb::parse(colours.accent)?;
    let dark = Rgb::parse(colours.accent_dark)?;
    check(light, &LIGHT_GROUNDS, ON_LIGHT)?;
    check(dark, &DARK_GROUNDS, ON_DARK)?;
    let rules = |accent: Rgb, strong: Rgb, wash: Rgb| {
        format!("--accent:{accent};--accent-strong:{strong};--accent-wash:{wash}")
    };
    let light = rules(light, light.mix(Rgb(0, 0, 0), 3), light.mix(LIGHT_GROUNDS[0], 9));
    let dark = rules(dark, dark.mix(Rgb(255, 255, 255), 3), dark.mix(DARK_GROUNDS[0], 8));
    // Unlayered rules win over every layer; more contrast, when asked for, keeps its own accent.
    Ok(Some(format!(
        "@media not (prefers-contrast:more){{:root{{{light}}}}}\
         @media not (prefers-contrast:more){{@media (prefers-color-scheme:dark){{:root{{{dark}}}}}}}"
    )))
}

fn check(accent: Rgb, grounds: &[Rgb], on: Rgb) -> Result<(), ColourError> {
    for against in grounds.iter().copied().chain([on]) {
        let contrast = accent.contrast(against);
        if contrast < ENOUGH {
            let (colour, against) = (accent.to_string(), against.to_string());
            return Err(ColourError::Contrast { colour, against, contrast });
        }
    }
    Ok(())
}

impl Rgb {
    fn parse(text: &str) -> Result<Self, ColourError> {
        let wrong = || ColourError::Form(text.to_owned());
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let digits = digits.ok_or_else(wrong)?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| wrong());
        Ok(Self(channel(0)?, channel(2)?, channel(4)?))
    }

    /// `tenths` of ten parts of `other` in it.
    fn mix(self, other: Self, tenths: u16) -> Self {
        let mix = |a: u8, b: u8| {
            let mixed = (u16::from(a) * (10 - tenths) + u16::from(b) * tenths) / 10;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// WCAG's relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// WCAG's contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_colours_pass_their_own_check_and_need_no_sheet() {
        assert_eq!(sheet(&BUILT_IN), Ok(None));
        assert_eq!(check(Rgb::parse(BUILT_IN.accent).unwrap(), &LIGHT_GROUNDS, ON_LIGHT), Ok(()));
        assert_eq!(
            check(Rgb::parse(BUILT_IN.accent_dark).unwrap(), &DARK_GROUNDS, ON_DARK),
            Ok(())
        );
    }

    #[test]
    fn an_operators_colours_come_in_a_sheet_of_their_own() {
        let sheet = sheet(&Colours { accent: "#1a3f8f", ..BUILT_IN }).unwrap().unwrap();
        assert!(sheet.contains("--accent:#1a3f8f"), "{sheet}");
        assert!(sheet.contains("--accent:#7fd6cc"), "{sheet}");
    }

    #[test]
    fn a_colour_too_pale_for_text_is_refused_with_its_contrast() {
        let error = sheet(&Colours { accent: "#ffd54a", ..BUILT_IN }).unwrap_err();
        assert_eq!(error.to_string(), "#ffd54a on #fbf8f2 has a contrast of 1.3, not 4.5");
    }

    #[test]
    fn a_word_is_no_colour() {
        for text in ["teal", "#123", "#12345g", "123456", "#đđđđđđ"] {
            assert_eq!(Rgb::parse(text), Err(ColourError::Form(text.to_owned())));
        }
    }

    #[test]
    fn black_on_white_has_the_contrast_of_21() {
        assert!((Rgb(0, 0, 0).contrast(Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
    }
}
