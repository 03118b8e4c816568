//! The query of a call, decoded strictly: axum's own reader takes invalid UTF-8 lossily.

use super::{input::printable, problem::Problem};

/// The parameters of a query; 422 `invalid-input` for a name that is not in `known`, a name
/// given twice, a broken escape, invalid UTF-8, or a control character.
pub fn parse(
    raw: Option<&str>,
    known: &[&'static str],
) -> Result<Vec<(&'static str, String)>, Problem> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for pair in raw.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name).ok_or_else(|| Problem::field("", "invalid-encoding"))?;
        let Some(name) = known.iter().find(|known| **known == name) else {
            return Err(Problem::field(printable(&name), "unknown-field"));
        };
        if found.iter().any(|(seen, _)| seen == name) {
            return Err(Problem::field(name, "duplicate"));
        }
        let value = decode(value).ok_or_else(|| Problem::field(name, "invalid-encoding"))?;
        found.push((name, value));
    }
    Ok(found)
}

/// Percent-decoding as forms do it; `None` for what [`parse`] refuses.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_as_forms_write_it() {
        let parsed = parse(Some("form=email&q=T%C3%A2n+%C4%90%E1%BB%8Bnh"), &["form", "q"]);
        assert_eq!(parsed.unwrap(), [("form", "email".to_owned()), ("q", "Tân Định".to_owned())]);
        assert_eq!(parse(None, &["form"]).unwrap(), []);
        assert_eq!(parse(Some("&&"), &["form"]).unwrap(), []);
    }

    #[test]
    fn a_bad_query_is_refused_with_the_field_named() {
        for (raw, field, code) in [
            ("form=%ff", "form", "invalid-encoding"),
            ("form=%2", "form", "invalid-encoding"),
            ("form=%zz", "form", "invalid-encoding"),
            ("form=a%00", "form", "invalid-encoding"),
            ("form=a%0Ab", "form", "invalid-encoding"),
            ("form=a&form=b", "form", "duplicate"),
            ("x=1", "x", "unknown-field"),
            ("%3Cb%3E=1", "", "unknown-field"),
            ("%ff=1", "", "invalid-encoding"),
        ] {
            assert_eq!(parse(Some(raw), &["form"]), Err(Problem::field(field, code)), "{raw}");
        }
    }
}
