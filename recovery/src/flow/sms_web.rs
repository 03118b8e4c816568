//! Between a text message and a page: the page that waits for a text, and the page that is opened
//! after one.
//!
//! The web code only ties the two together. That a text came in moves the page on and grants
//! nothing: the code goes to the registered phone and must be typed in that browser, which alone
//! knows the recovery. Whoever opens a page and talks a member into texting has a field to type
//! into and no code; whoever holds the phone has a code and no page.

use super::ids::{Id, RecoveryId};
use super::store::{Conflict, Store as _, StoreError};
use super::text_store::{NameKind, TextStore, TextWrite, Wait};
use super::{Host, Refusal, Service};
use crate::locale::Locale;
use crate::sms::short::ShortName;

/// Short names are tried so often before giving up: with a thousand pages waiting, one in 700
/// is taken.
const ROUNDS: usize = 6;

/// A page that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitStarted {
    /// For the page alone; it asks with it whether the text has come.
    pub wait: Id,
    /// What the text must end with.
    pub web_code: ShortName,
    /// Seconds that the page waits.
    pub expires_in: i64,
}

/// Whether the text has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitState {
    /// Not yet.
    Waiting {
        /// Seconds that the page still waits.
        expires_in: i64,
    },
    /// Yes: the second code may be typed.
    Received(Located),
}

/// A recovery whose code may be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located {
    /// For `POST /recoveries/{recovery}/code`.
    pub recovery: RecoveryId,
    /// Seconds until the code expires.
    pub expires_in: i64,
}

impl<H: Host<Store: TextStore>> Service<'_, H> {
    /// `POST /sms-sessions`, after the captcha's nonce is spent. It asks for nothing about the
    /// person.
    pub async fn start_wait(&self, locale: Locale) -> Result<WaitStarted, Refusal> {
        let (now, lifetime) = (self.now(), self.host.text_policy().ttl_wait);
        for _ in 0..ROUNDS {
            let (id, expires_at) = (self.new_id(), now + lifetime);
            let web_code = ShortName::web_from_bits(u32::from_be_bytes(self.random()));
            let started = WaitStarted { wait: id, web_code, expires_in: lifetime };
            let writes = vec![
                TextWrite::InsertWait(Wait { id, locale, expires_at, recovery: None }),
                TextWrite::TakeName {
                    kind: NameKind::Web,
                    name: web_code,
                    owner: id,
                    at: now,
                    until: expires_at,
                },
            ];
            match self.store().apply_with_texts(writes, Vec::new()).await {
                Ok(_) => return Ok(started),
                Err(StoreError::Conflict(Conflict::NameTaken)) => {}
                Err(StoreError::Unavailable(why)) => {
                    return match self.store().wait(&id).await {
                        Ok(Some(_)) => Ok(started),
                        _ => Err(Refusal::Unavailable(why)),
                    };
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(Refusal::Unavailable("no web code is free".into()))
    }

    /// `GET /sms-sessions/{wait}`: changes nothing. A page that is unknown, has waited too long
    /// or whose code is used up gets the same answer.
    pub async fn wait_state(&self, wait: &Id) -> Result<WaitState, Refusal> {
        let now = self.now();
        let wait = self.store().wait(wait).await?.ok_or(Refusal::RecoveryClosed)?;
        match wait.recovery {
            Some(recovery) => Ok(WaitState::Received(self.located(&recovery).await?)),
            None if now < wait.expires_at => {
                Ok(WaitState::Waiting { expires_in: wait.expires_at - now })
            }
            None => Err(Refusal::RecoveryClosed),
        }
    }

    /// `POST /sms-codes`, after the captcha's nonce is spent: which recovery the first four
    /// characters of a texted code name. It tells nothing about accounts, for decoys have locators
    /// too, and it compares no code: tries are taken by `POST /recoveries/{recovery}/code`.
    pub async fn locate(&self, locator: &ShortName) -> Result<Located, Refusal> {
        let found = self.store().named(NameKind::Locator, locator, self.now()).await?;
        self.located(&found.ok_or(Refusal::RecoveryClosed)?).await
    }

    async fn located(&self, id: &RecoveryId) -> Result<Located, Refusal> {
        let now = self.now();
        let recovery = self.store().recovery(id).await?.ok_or(Refusal::RecoveryClosed)?;
        if !self.code_open(&recovery, now) {
            return Err(Refusal::RecoveryClosed);
        }
        Ok(Located { recovery: *id, expires_in: recovery.code_expires_at - now })
    }
}
