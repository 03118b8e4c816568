//! The flow as a functional core: each decision takes state, command, time and
//! randomness and gives one batch of writes and one reply; the host applies the
//! batch atomically.
//!
//! Who asks learns nothing about who exists: an unknown account gets a *decoy*,
//! the same reads, rows and statements with verifiers that can never match.
//!
//! The order inside each call is the contract's: what must outlive a refusal (a
//! try, a spent captcha) is committed first, by itself; no decision rests on an
//! earlier read alone, each has a guard in its batch.

pub mod account;
mod checkpoint;
pub mod disown;
pub mod dispatch;
pub mod ids;
pub mod keys;
pub mod password;
pub mod policy;
mod records;
pub mod redeem;
pub mod request;
pub mod session;
pub mod sms;
mod sms_reply;
pub mod sms_web;
pub mod store;
pub mod temporary;
pub mod text_out;
pub mod text_policy;
pub mod text_store;

use account::Accounts;
use ids::{Id, Secret};
use keys::Keyring;
use policy::Policy;
use store::{AuditEvent, Channel, Conflict, Store, StoreError, Write};
use text_policy::TextPolicy;

use crate::password::Reason;

/// The present, in Unix seconds.
pub trait Clock {
    /// Never goes backwards within a request.
    fn now(&self) -> i64;
}

/// A cryptographic random generator (ASVS 11.5.1).
pub trait Random {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Hashes passwords, slowly. Argon2id with 19 MiB, t=2, p=1 in production (OWASP
/// Password Storage).
pub trait PasswordHasher {
    /// A new salted hash in PHC form; `salt` is 16 random bytes.
    fn hash(&self, password: &[u8], salt: [u8; 16]) -> Result<String, HashError>;
    /// Does the password match? With `None` a fixed dummy is computed, the same
    /// work, and the answer is no.
    fn verify(&self, password: &[u8], hash: Option<&str>) -> bool;
}

/// The hasher could not work: our fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashError;

/// All that the flow needs of the world.
pub trait Host {
    /// The database.
    type Store: Store;
    /// The agency's accounts.
    type Accounts: Accounts;
    /// See [`Store`].
    fn store(&self) -> &Self::Store;
    /// See [`Accounts`].
    fn accounts(&self) -> &Self::Accounts;
    /// See [`Clock`].
    fn clock(&self) -> &dyn Clock;
    /// See [`Random`].
    fn random(&self) -> &dyn Random;
    /// See [`PasswordHasher`].
    fn hasher(&self) -> &dyn PasswordHasher;
    /// Keys with ids.
    fn keys(&self) -> &Keyring;
    /// Limits and lifetimes.
    fn policy(&self) -> &Policy;
    /// Limits and lifetimes of the text-message channel.
    fn text_policy(&self) -> &TextPolicy {
        &TextPolicy::DEFAULT
    }
}

/// Why a command was refused, by what its sender should do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 410: start again.
    RecoveryClosed,
    /// 422: type the code again.
    CodeRejected {
        /// Tries left on this recovery.
        attempts_left: u32,
    },
    /// 410: ask for a new message.
    LinkSpent,
    /// 410: type the code or open the link again.
    TicketSpent,
    /// 422: choose another password; the ticket is kept.
    PasswordRejected(Vec<Reason>),
    /// 429: wait.
    TooMany {
        /// Seconds.
        retry_after: i64,
    },
    /// 403: solve a new captcha, of this level where given.
    CaptchaRejected {
        /// Work level asked for.
        level: Option<u8>,
    },
    /// 403: sign in with a captcha.
    CaptchaRequired,
    /// 401: identifier or password is wrong, or there is no such account.
    SignInRejected,
    /// 401: sign in first.
    NotSignedIn,
    /// 503: the store or the hasher did not answer; text for our log only.
    Unavailable(String),
}

impl From<StoreError> for Refusal {
    /// Conflicts that a caller did not expect are ours to look into.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(conflict) => {
                Self::Unavailable(format!("unexpected conflict: {conflict:?}"))
            }
            StoreError::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

/// The flow over one host. Cheap to make, one per request.
pub struct Service<'a, H: Host> {
    host: &'a H,
}

impl<'a, H: Host> Service<'a, H> {
    /// Over this host.
    pub const fn new(host: &'a H) -> Self {
        Self { host }
    }

    fn store(&self) -> &H::Store {
        self.host.store()
    }

    fn policy(&self) -> &Policy {
        self.host.policy()
    }

    fn now(&self) -> i64 {
        self.host.clock().now()
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.host.random().fill(&mut bytes);
        bytes
    }

    fn new_id(&self) -> Id {
        Id::new(self.random())
    }

    fn new_secret(&self) -> Secret {
        Secret::new(self.random())
    }

    fn audit(&self, act: &'static str, channel: Channel, recovery: Option<Id>) -> Write {
        Write::Audit(AuditEvent { at: self.now(), act, channel, recovery })
    }

    /// Spends a captcha's nonce, in a statement of its own: a solution pays for one
    /// call whatever becomes of it.
    pub async fn spend_captcha(&self, nonce: String, expires_at: i64) -> Result<(), Refusal> {
        match self.store().apply(vec![Write::SpendCaptcha { nonce, expires_at }]).await {
            Ok(_) => Ok(()),
            Err(StoreError::Conflict(Conflict::CaptchaSpent)) => {
                Err(Refusal::CaptchaRejected { level: None })
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The retention job: removes what may no longer be kept. Gives the rows removed.
    pub async fn purge(&self) -> Result<i64, Refusal> {
        let (now, policy) = (self.now(), self.policy());
        let purge = store::Purge {
            now,
            before: now - policy.retention.max(policy.ttl_disown),
            counters_before: now - policy::DAY,
            idle_before: now - policy.session_idle,
        };
        let values = self.store().apply(vec![Write::Purge(purge)]).await?;
        Ok(values.first().copied().unwrap_or(0))
    }
}
