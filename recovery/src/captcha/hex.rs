//! Byte strings written as lower-case hex, the only spelling ALTCHA solvers produce.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, fmt};

/// Bytes that are lower-case hex on the wire.
///
/// `Hex<[u8; 16]>` accepts exactly 32 digits, `Hex<Vec<u8>>` any even number. Upper case is
/// refused, so that one value has one spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex<B>(pub B);

impl<B: AsRef<[u8]>> fmt::Display for Hex<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::hex::encode(self.0.as_ref()))
    }
}

impl<B: AsRef<[u8]>> Serialize for Hex<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, B: TryFrom<Vec<u8>>> Deserialize<'de> for Hex<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = crate::hex::decode(&text)
            .ok_or_else(|| de::Error::custom("expected lower-case hex"))?;
        B::try_from(bytes).map(Self).map_err(|_| de::Error::custom("wrong number of hex digits"))
    }
}
