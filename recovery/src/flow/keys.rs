//! Keys with ids, and everything derived from them.
//!
//! A recovery's code and secrets are `HMAC(key[kid], recovery ‖ purpose)`; the
//! database holds the key's id, a salt and a keyed verifier, never a secret.
//! `docs/security.md` argues why this stands in for the password hash that ASVS
//! 6.5.2 asks for on secrets under 112 bits.

use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use super::ids::{Digest32, RecoveryId, Secret};
use super::temporary::TemporaryPassword;
use crate::sms::short::ShortName;

/// What a derived secret is for: one key, never two uses of one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The 40-bit code, typed by a person.
    Code,
    /// The 256-bit secret of the link.
    Link,
    /// The 256-bit secret of "this was not me".
    Disown,
    /// The 20-bit locator before the code of a text message; public.
    Locator,
    /// The 60-bit temporary password, where the operator's policy is to send one.
    Temporary,
    /// The 256-bit secret of a desk's link that needs the look-up code too.
    DeskLink,
    /// The 256-bit secret by which an old contact stops a change of contact data.
    Cancel,
    /// The 80-bit look-up code of a case; drawn, not derived.
    Lookup,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Code => b"code",
            Self::Link => b"link",
            Self::Disown => b"disown",
            Self::Locator => b"locator",
            Self::Temporary => b"temporary",
            Self::DeskLink => b"desk-link",
            Self::Cancel => b"cancel",
            Self::Lookup => b"lookup",
        }
    }
}

/// One key of 32 bytes and the id that rows remember it by.
#[derive(Clone)]
pub struct Key {
    /// Short and stable, such as `k2026a`.
    pub id: String,
    /// 32 bytes from a cryptographic generator.
    pub bytes: [u8; 32],
}

/// The keys of a deployment, the current one first. Older keys stay in the ring
/// until everything made with them has expired.
#[derive(Clone)]
pub struct Keyring {
    current: Key,
    older: Vec<Key>,
}

impl Keyring {
    /// New rows are made with `current`; rows made with one of `older` still verify.
    pub const fn new(current: Key, older: Vec<Key>) -> Self {
        Self { current, older }
    }

    /// The id that new rows get.
    pub fn current_id(&self) -> &str {
        &self.current.id
    }

    fn get(&self, id: &str) -> Option<&[u8; 32]> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id == id)
            .map(|key| &key.bytes)
    }

    /// The 256 bits of one purpose of one recovery; `None` where the key has left the ring.
    pub fn derive(&self, kid: &str, recovery: &RecoveryId, purpose: Purpose) -> Option<Secret> {
        let key = self.get(kid)?;
        Some(Secret::new(mac(key, &[b"secret", recovery.as_bytes(), purpose.label()])))
    }

    /// The 40 bits of a recovery's code, as the low bits of the number.
    pub fn derive_code(&self, kid: &str, recovery: &RecoveryId) -> Option<u64> {
        let secret = self.derive(kid, recovery, Purpose::Code)?;
        Some(secret.as_bytes().iter().take(5).fold(0, |bits, byte| (bits << 8) | u64::from(*byte)))
    }

    /// The name that a text message finds its recovery by.
    pub fn derive_locator(&self, kid: &str, recovery: &RecoveryId) -> Option<ShortName> {
        let secret = self.derive(kid, recovery, Purpose::Locator)?;
        let bits = secret.as_bytes().iter().take(4).fold(0, |all, b| (all << 8) | u32::from(*b));
        Some(ShortName::from_bits(bits))
    }

    /// The temporary password of a recovery by text message.
    pub fn derive_temporary(&self, kid: &str, recovery: &RecoveryId) -> Option<TemporaryPassword> {
        let secret = self.derive(kid, recovery, Purpose::Temporary)?;
        let bits = secret.as_bytes().iter().take(8).fold(0, |all, b| (all << 8) | u64::from(*b));
        Some(TemporaryPassword::from_bits(bits))
    }

    /// What the database keeps to check a secret by; `None` where the key has left the ring.
    pub fn verifier(
        &self,
        kid: &str,
        salt: &[u8; 16],
        purpose: Purpose,
        secret: &[u8],
    ) -> Option<Digest32> {
        let key = self.get(kid)?;
        Some(Digest32::new(mac(key, &[b"verifier", salt, purpose.label(), secret])))
    }

    /// A seal over parts, for a use of its own; `None` where the key has left the ring.
    pub fn seal(&self, kid: &str, label: &str, parts: &[&[u8]]) -> Option<Digest32> {
        let mut all = vec![b"seal".as_slice(), label.as_bytes()];
        all.extend(parts);
        Some(Digest32::new(mac(self.get(kid)?, &all)))
    }

    /// A keyed name for a counter, so that the table holds no personal data.
    /// Rotating the current key starts the counters of `label` anew.
    pub fn name(&self, label: &str, parts: &[&str]) -> Digest32 {
        let mut all = vec![b"name".as_slice(), label.as_bytes()];
        all.extend(parts.iter().map(|part| part.as_bytes()));
        Digest32::new(mac(&self.current.bytes, &all))
    }
}

/// HMAC-SHA-256 over length-prefixed parts, so that no two lists give the same input.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // The block form takes a key of any length without a failure to handle.
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A name from something that is no personal data, such as a member's reference: it
/// outlives the rotation of keys.
pub fn plain_name(label: &str, part: &str) -> Digest32 {
    Digest32::new(mac(&[0; 32], &[b"plain", label.as_bytes(), part.as_bytes()]))
}

/// SHA-256 of a 256-bit secret: enough where the secret cannot be guessed.
pub fn hash(secret: &Secret) -> Digest32 {
    Digest32::new(Sha256::digest(secret.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, byte: u8) -> Key {
        Key { id: id.into(), bytes: [byte; 32] }
    }

    #[test]
    fn secrets_differ_by_key_recovery_and_purpose() {
        let ring = Keyring::new(key("b", 2), vec![key("a", 1)]);
        let (one, two) = (RecoveryId::new([1; 16]), RecoveryId::new([2; 16]));
        let mut seen = std::collections::BTreeSet::new();
        for kid in ["a", "b"] {
            for id in [one, two] {
                for purpose in [
                    Purpose::Code,
                    Purpose::Link,
                    Purpose::Disown,
                    Purpose::Locator,
                    Purpose::Temporary,
                    Purpose::DeskLink,
                    Purpose::Cancel,
                    Purpose::Lookup,
                ] {
                    assert!(seen.insert(*ring.derive(kid, &id, purpose).unwrap().as_bytes()));
                }
            }
        }
    }

    #[test]
    fn a_rotated_key_still_verifies_and_a_removed_one_does_not() {
        let before = Keyring::new(key("a", 1), vec![]);
        let made = before.verifier("a", &[9; 16], Purpose::Code, b"ABCD").unwrap();
        let rotated = Keyring::new(key("b", 2), vec![key("a", 1)]);
        assert_eq!(rotated.verifier("a", &[9; 16], Purpose::Code, b"ABCD"), Some(made));
        let removed = Keyring::new(key("b", 2), vec![]);
        assert_eq!(removed.verifier("a", &[9; 16], Purpose::Code, b"ABCD"), None);
    }

    #[test]
    fn equal_codes_give_unequal_verifiers_under_different_salts() {
        let ring = Keyring::new(key("a", 1), vec![]);
        let first = ring.verifier("a", &[1; 16], Purpose::Code, b"ABCD");
        assert_ne!(first, ring.verifier("a", &[2; 16], Purpose::Code, b"ABCD"));
    }

    #[test]
    fn a_name_does_not_confuse_where_its_parts_end() {
        let ring = Keyring::new(key("a", 1), vec![]);
        assert_ne!(ring.name("dispatch", &["ab", "c"]), ring.name("dispatch", &["a", "bc"]));
    }
}
