//! The temporary password: what the 8079 service sends, made harmless. An operator's policy, off
//! by default, for people with no device but the phone they text from.
//!
//! It is a recovery's secret that is typed into the sign-in form, nothing more: it stands beside
//! the password on record and replaces nothing, so that a forged text shuts nobody out; it leads
//! to a ticket and never to a session; its one use is a guard in the batch that grants the ticket.
//! The account store does not know it.
//!
//! 60 bits, not counted per member: a count that anybody may use up would be a way to lock people
//! out. What bounds guessing are the limits of the sign-in.

use std::fmt;

use zeroize::Zeroize as _;

use super::account::{Member, MemberRef};
use super::keys::Purpose;
use super::redeem::Granted;
use super::store::{Channel, Conflict, Recovery, RecoveryState, Store as _, StoreError, Write};
use super::{Host, Refusal, Service};
use crate::code::Code;
use crate::text;

/// Twelve Crockford characters, 60 bits. A secret: its debug form says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct TemporaryPassword(String);

impl TemporaryPassword {
    /// Characters, without dashes.
    pub const LENGTH: usize = 12;
    /// Characters carried by one [`Code`] and by half of another.
    const HEAD: usize = 8;

    /// The password that carries the low 60 bits.
    pub fn from_bits(bits: u64) -> Self {
        let (head, tail) = (Code::from_bits(bits >> 20), Code::from_bits(bits));
        let tail = &tail.canonical()[Code::LENGTH - (Self::LENGTH - Self::HEAD)..];
        Self(format!("{}{tail}", head.canonical()))
    }

    /// Reads what a person typed, as [`Code::parse`] does; `None` for anything else, which every
    /// ordinary password is.
    pub fn parse(input: &str) -> Option<Self> {
        let typed: String = text::compact(input).take(Self::LENGTH + 1).collect();
        let cut = typed.char_indices().nth(Self::HEAD).map(|(at, _)| at)?;
        let (head, tail) = typed.split_at(cut);
        if tail.chars().count() != Self::LENGTH - Self::HEAD {
            return None;
        }
        let (head, tail) = (Code::parse(head).ok()?, Code::parse(&format!("0000{tail}")).ok()?);
        Some(Self(format!("{}{}", head.canonical(), &tail.canonical()[4..])))
    }

    /// The 12 characters in upper case: what a verifier is computed from.
    pub fn canonical(&self) -> &str {
        &self.0
    }
}

impl Drop for TemporaryPassword {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// As messages show it: `XXXX-XXXX-XXXX`.
impl fmt::Display for TemporaryPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, rest) = self.0.split_at(4);
        let (middle, tail) = rest.split_at(4);
        write!(f, "{head}-{middle}-{tail}")
    }
}

impl fmt::Debug for TemporaryPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TemporaryPassword(…)")
    }
}

/// How many of a member's latest recoveries are looked at: more than the dispatch limits of all
/// channels allow in the life of a temporary password.
const LATEST: u32 = 20;

impl<H: Host> Service<'_, H> {
    /// The member's recovery that this is the temporary password of. The same read and the same
    /// number of HMACs for a member, for a stranger, and for any text.
    pub(super) async fn temporary_of(
        &self,
        member: Option<&Member>,
        typed: &str,
    ) -> Result<Option<Recovery>, Refusal> {
        let (now, keys) = (self.now(), self.host.keys());
        let stranger = MemberRef(self.new_id().to_string());
        let reference = member.map_or(&stranger, |member| &member.reference);
        let recent = self.store().recent(reference, LATEST).await?;
        let parsed = TemporaryPassword::parse(typed);
        let secret = parsed.as_ref().map_or("", TemporaryPassword::canonical);

        let mut found = None;
        for slot in 0..usize::try_from(LATEST).unwrap_or(0) {
            let row = recent.get(slot);
            let (kid, salt) =
                row.map_or((keys.current_id(), [0; 16]), |row| (row.kid.as_str(), row.salt));
            let verifier = keys.verifier(kid, &salt, Purpose::Temporary, secret.as_bytes());
            let right = row.filter(|row| {
                verifier == Some(row.code)
                    && !row.decoy
                    && row.channel == Channel::Sms
                    && row.state == RecoveryState::Open
                    && row.tries == 0
                    && now < row.code_expires_at
                    && row.epoch >= self.policy().secret_epoch
            });
            found = right.or(found);
        }
        Ok(found.filter(|_| member.is_some() && parsed.is_some()).cloned())
    }

    /// Spends the temporary password, once, for a ticket.
    pub(super) async fn enter_by_ticket(
        &self,
        recovery: &Recovery,
        give_back: Write,
    ) -> Result<Granted, Refusal> {
        // The guard: of many at once, one takes the only try.
        let once = Write::TakeTry { recovery: recovery.id, at: self.now(), cap: 1 };
        match self.grant(recovery, "temporary-used", vec![once, give_back]).await {
            Err(StoreError::Conflict(Conflict::RecoveryClosed)) => Err(Refusal::SignInRejected),
            other => other.map_err(Refusal::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_read_as_people_type_it() {
        for typed in ["7K3M-9PQX-A0B1", "7k3m 9pqx a0b1", "7K3M9PQXAOBL"] {
            let read = TemporaryPassword::parse(typed).unwrap();
            assert_eq!(read.to_string(), "7K3M-9PQX-A0B1");
        }
        for typed in ["", "7K3M-9PQX", "7K3M-9PQX-A0B1C", "cây đa đầu làng 47", "7K3M-9PQX-A0BU"]
        {
            assert_eq!(TemporaryPassword::parse(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn it_is_read_back_as_it_was_printed(bits in 0_u64..1 << 60) {
            let password = TemporaryPassword::from_bits(bits);
            prop_assert_eq!(password.canonical().len(), TemporaryPassword::LENGTH);
            prop_assert_eq!(TemporaryPassword::parse(&password.to_string()), Some(password));
        }

        #[test]
        fn different_bits_give_different_passwords(a in 0_u64..1 << 60, b in 0_u64..1 << 60) {
            prop_assert_eq!(
                TemporaryPassword::from_bits(a) == TemporaryPassword::from_bits(b),
                a == b
            );
        }

        #[test]
        fn junk_never_panics(junk in any::<String>()) {
            let _ = TemporaryPassword::parse(&junk);
        }
    }
}
