//! Reads JavaScript values into the contract's types.
//!
//! `serde-wasm-bindgen` and `serde_json` both explain what they could not read, and that brings
//! the formatting of every number there is. The person at the phone is told the same either way,
//! so this reader explains nothing; `docs/size-log.md` says what that saves. It reads what the
//! contract has: objects, arrays, texts, whole numbers, booleans, absent values.

use std::fmt;

use js_sys::{Array, Reflect};
use leptos::wasm_bindgen::{JsCast as _, JsValue};
use serde::{
    Deserializer, de,
    de::{DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

/// The value is not of the type wanted.
#[derive(Debug)]
pub(crate) struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a value; unknown members of objects are passed over.
pub(crate) fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Unreadable> {
    T::deserialize(Reader(value))
}

struct Reader(JsValue);

impl<'de> Deserializer<'de> for Reader {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
        } else if let Some(number) = self.0.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "the contract's numbers are whole")]
            visitor.visit_i64(number as i64)
        } else if let Some(flag) = self.0.as_bool() {
            visitor.visit_bool(flag)
        } else if let Some(array) = self.0.dyn_ref::<Array>() {
            visitor.visit_seq(Items { array: array.clone(), next: 0 })
        } else {
            visitor.visit_unit()
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_undefined() || self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        if !self.0.is_object() {
            return Err(Unreadable);
        }
        visitor.visit_map(Members { object: self.0, fields, value: JsValue::UNDEFINED })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Items {
    array: Array,
    next: u32,
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        if self.next == self.array.length() {
            return Ok(None);
        }
        let item = self.array.get(self.next);
        self.next += 1;
        seed.deserialize(Reader(item)).map(Some)
    }
}

/// The members of an object that its type knows, those that are there.
struct Members {
    object: JsValue,
    fields: &'static [&'static str],
    value: JsValue,
}

impl<'de> de::MapAccess<'de> for Members {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        while let Some((field, rest)) = self.fields.split_first() {
            self.fields = rest;
            let value = Reflect::get(&self.object, &(*field).into()).map_err(|_| Unreadable)?;
            if !value.is_undefined() {
                self.value = value;
                let key: StrDeserializer<'_, Unreadable> = (*field).into_deserializer();
                return seed.deserialize(key).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Unreadable> {
        seed.deserialize(Reader(std::mem::take(&mut self.value)))
    }
}
