//! Log lines: one JSON object each, without personal data. What a caller sent never
//! gets here; a call is named by its route's pattern, not by its path.

use serde_json::{Map, Value, json};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Ordinary life.
    Info,
    /// Someone should look when there are many.
    Warn,
    /// Someone should look.
    Error,
}

/// A log line under way.
#[derive(Debug)]
pub struct Line {
    level: Level,
    fields: Map<String, Value>,
}

impl Line {
    /// A line about `event`, a fixed word of ours.
    pub fn new(level: Level, event: &'static str) -> Self {
        let name = match level {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        let mut fields = Map::new();
        fields.insert("level".to_owned(), json!(name));
        fields.insert("event".to_owned(), json!(event));
        Self { level, fields }
    }

    /// Adds a field. Values are our own words, numbers and random ids, never input.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// The line as text. JSON escapes line breaks: one event stays one line (ASVS 16.4.1).
    pub fn render(&self) -> String {
        Value::Object(self.fields.clone()).to_string()
    }

    /// Writes the line.
    pub fn write(self) {
        let text = self.render();
        match self.level {
            Level::Info => worker::console_log!("{text}"),
            Level::Warn => worker::console_warn!("{text}"),
            Level::Error => worker::console_error!("{text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_value_does_not_break_the_line() {
        let line = Line::new(Level::Warn, "test").with("note", "a\nb\r\u{2028}").render();
        assert!(!line.contains('\n') && !line.contains('\r'));
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["level"], "warn");
        assert_eq!(value["note"], "a\nb\r\u{2028}");
    }
}
