//! The typed reader of a request body. The fields of a call are one table, which drives
//! this reader and the OpenAPI document alike; every wrong field is named at once.

use recovery::api::FieldError;
use serde_json::Value;

use super::{json::Document, problem::Problem};

/// Most bytes of a captcha answer (contract: any string up to here is "a wrong answer").
pub const MAX_CAPTCHA: usize = 8 * 1024;

/// One field of a body.
#[derive(Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// Most bytes of its text; the rules of its own type come after.
    pub max: usize,
    /// Whether it must be there.
    pub required: bool,
    /// The only values it takes; empty: any text.
    pub one_of: &'static [&'static str],
    /// What it is, for the OpenAPI document.
    pub about: &'static str,
}

impl Field {
    /// A required text of at most `max` bytes.
    pub const fn text(name: &'static str, max: usize, about: &'static str) -> Self {
        Self { name, max, required: true, one_of: &[], about }
    }

    /// The captcha's answer.
    pub const fn captcha() -> Self {
        Self::text("captcha", MAX_CAPTCHA, "The captcha's answer.")
    }

    /// The same field, allowed to be absent.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The same field, with these values only.
    #[must_use]
    pub const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.one_of = values;
        self
    }
}

/// The texts of a body, and the errors found in it so far.
#[derive(Debug, Default)]
pub struct Fields {
    values: Vec<(&'static str, String)>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads the fields of `table` and nothing else out of a body.
    pub fn read(document: Document, table: &'static [Field]) -> Self {
        let mut fields = Self::default();
        let Document::Object(members) = document else {
            fields.refuse("", "not-an-object");
            return fields;
        };
        for (name, value) in members {
            let Some(field) = table.iter().find(|field| field.name == name) else {
                fields.refuse(printable(&name), "unknown-field");
                continue;
            };
            if fields.values.iter().any(|(seen, _)| *seen == field.name) {
                fields.refuse(field.name, "duplicate");
                continue;
            }
            match value {
                Value::String(text) if text.len() > field.max => {
                    fields.refuse(field.name, "too-long");
                    fields.values.push((field.name, String::new()));
                }
                Value::String(text)
                    if !field.one_of.is_empty() && !field.one_of.contains(&text.as_str()) =>
                {
                    fields.refuse(field.name, "not-allowed");
                    fields.values.push((field.name, String::new()));
                }
                Value::String(text) => fields.values.push((field.name, text)),
                _ => {
                    fields.refuse(field.name, "wrong-type");
                    fields.values.push((field.name, String::new()));
                }
            }
        }
        for field in table.iter().filter(|field| field.required) {
            if !fields.values.iter().any(|(seen, _)| *seen == field.name) {
                fields.refuse(field.name, "missing");
            }
        }
        fields
    }

    /// Notes an error; the call is answered 422 by [`Self::finish`].
    pub fn refuse(&mut self, field: &str, code: &str) {
        self.errors.push(FieldError { field: field.to_owned(), code: code.to_owned() });
    }

    /// The same, where nothing is wrong with the field already.
    pub fn refuse_once(&mut self, field: &str, code: &str) {
        if !self.errors.iter().any(|error| error.field == field) {
            self.refuse(field, code);
        }
    }

    /// The text of a field, where it was there and of the right shape.
    pub fn text(&self, name: &str) -> Option<&str> {
        let sound = !self.errors.iter().any(|error| error.field == name);
        let value = self.values.iter().find(|(seen, _)| *seen == name);
        value.filter(|_| sound).map(|(_, text)| text.as_str())
    }

    /// Reads a field as its own type; `parse` gives the error's stable code.
    pub fn parse<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        match parse(self.text(name)?) {
            Ok(value) => Some(value),
            Err(code) => {
                self.refuse(name, code);
                None
            }
        }
    }

    /// 422 with every error found, or nothing.
    pub fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }

    /// 422 with every error found, keeping the fields.
    pub fn check(&self) -> Result<(), Problem> {
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors.clone())) }
    }
}

/// An unknown field's name as far as we repeat it: short, plain letters.
pub(super) fn printable(name: &str) -> &str {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    if name.len() <= 40 && name.bytes().all(plain) { name } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TABLE: &[Field] = &[
        Field::text("code", 8, ""),
        Field::text("locale", 2, "").one_of(&["vi", "en"]),
        Field::captcha().optional(),
    ];

    fn errors(json: &str) -> Vec<(String, String)> {
        let fields = Fields::read(Document::parse(json.as_bytes()).unwrap(), TABLE);
        fields.errors.into_iter().map(|e| (e.field, e.code)).collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect()
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        for (json, expected) in [
            (r#"{"code":"A","locale":"vi"}"#, &[][..]),
            ("[]", &[("", "not-an-object")]),
            ("{}", &[("code", "missing"), ("locale", "missing")]),
            (
                r#"{"code":1,"locale":"fr","x":0}"#,
                &[("code", "wrong-type"), ("locale", "not-allowed"), ("x", "unknown-field")],
            ),
            (r#"{"code":"123456789","locale":"vi"}"#, &[("code", "too-long")]),
            (r#"{"code":"A","code":"A","locale":"vi"}"#, &[("code", "duplicate")]),
            (r#"{"code":null,"locale":"vi"}"#, &[("code", "wrong-type")]),
            (r#"{"code":"A","locale":"vi","<script>":1}"#, &[("", "unknown-field")]),
        ] {
            assert_eq!(errors(json), pairs(expected), "{json}");
        }
    }

    #[test]
    fn a_field_of_the_wrong_shape_is_not_read_further() {
        let document = Document::parse(br#"{"code":1,"locale":"vi"}"#).unwrap();
        let mut fields = Fields::read(document, TABLE);
        assert_eq!(fields.parse("code", |_| Ok::<_, &str>(())), None);
        assert_eq!(fields.parse("locale", |text| Ok(text.to_owned())), Some("vi".to_owned()));
        assert!(fields.finish().is_err());
    }

    #[test]
    fn the_codes_of_a_types_own_rules_are_passed_on() {
        let document = Document::parse(br#"{"code":"A","locale":"vi"}"#).unwrap();
        let mut fields = Fields::read(document, TABLE);
        assert_eq!(fields.parse("code", |_| Err::<(), _>("wrong-length")), None);
        assert_eq!(fields.finish().unwrap_err(), Problem::field("code", "wrong-length"));
    }
}
