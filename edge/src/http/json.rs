//! A JSON body as its fields, duplicates included: `serde_json` alone would keep the
//! last of two equal names in silence.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::problem::Problem;
use recovery::api::slug;

/// What a body holds at its top.
#[derive(Debug, PartialEq)]
pub enum Document {
    /// An object's members in their order.
    Object(Vec<(String, Value)>),
    /// JSON, but no object.
    Other,
}

impl Document {
    /// Reads a whole body; 400 `malformed-json` where it is no JSON or no UTF-8.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(bytes).map_err(|_| Problem::new(slug::MALFORMED_JSON))
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Document::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Document::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Document, E> {
        Ok(Document::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Document, E> {
        Ok(Document::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Document, E> {
        Ok(Document::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Document, E> {
        Ok(Document::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Document, E> {
        Ok(Document::Other)
    }

    fn visit_unit<E>(self) -> Result<Document, E> {
        Ok(Document::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_doubles() {
        let document = Document::parse(br#"{"a":1,"b":null,"a":"x"}"#).unwrap();
        let Document::Object(members) = document else { panic!("an object") };
        let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b", "a"]);
    }

    #[test]
    fn json_that_is_no_object_is_told_apart_from_junk() {
        for json in ["[]", "[[1],{\"a\":2}]", "1", "-1", "1.5", "\"x\"", "null", "true"] {
            assert_eq!(Document::parse(json.as_bytes()).unwrap(), Document::Other, "{json}");
        }
        let deep = "[".repeat(10_000);
        let junk: [&[u8]; 9] = [
            b"",
            b"{",
            b"{}{}",
            b"{\"a\":\"\xff\"}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":1e999}",
            b"NaN",
            deep.as_bytes(),
        ];
        for bytes in junk {
            assert_eq!(Document::parse(bytes).unwrap_err().slug(), slug::MALFORMED_JSON);
        }
    }
}
