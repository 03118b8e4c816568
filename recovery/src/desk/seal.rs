//! Personal data of a case at rest: AES-256-GCM under a key that is not in the database.

use super::names::CaseId;
use super::stated::Item;
use crate::flow::ids::Id;

/// One sealed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which key.
    pub kid: String,
    /// 96 random bits, never used twice with one key.
    pub nonce: [u8; 12],
    /// Ciphertext and tag.
    pub body: Vec<u8>,
}

/// Authenticated encryption: AES-256-GCM by `WebCrypto` in the Worker.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait Sealer {
    /// Seals under the current key; `None` where there is none.
    async fn seal(&self, nonce: [u8; 12], bound_to: &[u8], text: &[u8]) -> Option<Sealed>;
    /// Opens; `None` where the key has left the ring, or the text, or what it is bound to, is
    /// not what was sealed.
    async fn open(&self, bound_to: &[u8], sealed: &Sealed) -> Option<Vec<u8>>;
}

/// What an item's text is bound to: it cannot be moved to another case, nor pass for
/// another item of the same.
pub fn item_binding(case: &CaseId, item: Item) -> Vec<u8> {
    format!("case {case} {}", item.as_str()).into_bytes()
}

/// What an entry's text is bound to.
pub fn entry_binding(case: &CaseId, entry: &Id) -> Vec<u8> {
    format!("case {case} entry {entry}").into_bytes()
}
