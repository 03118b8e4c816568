//! The office desk: recovery with a person's help.
//!
//! In the style of [`crate::flow`]: each decision reads, decides, and hands the store one
//! batch, guarded by the case's version. No decision rests on a read alone.
//!
//! **No decoys here.** Opening a case never looks the account up: its answer, its rows and its
//! work are a function of what was typed. Only an officer's view compares what was stated with
//! the record, and shows verdicts, never the record.
//!
//! Personal data is sealed before it is stored ([`seal`]); rows carry keyed names for search
//! and for keeping staff from cases of their own.

pub mod access;
pub mod audit;
pub mod case;
pub mod change;
pub mod citizen;
pub mod decide;
pub mod figures;
pub mod inbox;
pub mod names;
pub mod oversight;
pub mod review;
pub mod seal;
pub mod staff;
pub mod stated;
pub mod store;
mod way_in;

use case::{Case, Entry, EntryKind};
use names::{CaseId, StaffId};
use seal::Sealer;
use stated::CaseText;
use store::{DeskAudit, DeskStore, DeskWrite};

use crate::flow::ids::{Digest32, Id};
use crate::flow::policy::{DAY, HOUR};
use crate::flow::store::{AuditEvent, Batch, Channel, Conflict, StoreError};
use crate::flow::{Host, Refusal, Service};

/// Limits and lifetimes of the desk, in seconds; a limit of 0 is switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskPolicy {
    /// `TTL_DESK_LINK`: life of the way in; the ticket's life starts when it is used.
    pub ttl_link: i64,
    /// `COOLING_OFF`: how long old contacts can stop a change of contact data.
    pub cooling_off: i64,
    /// `LIMIT_CASE_DAY`: cases of one number with the same ways to reach its citizen, in 24 hours.
    pub case_day: u32,
    /// `LIMIT_CASE_MESSAGE_DAY`: messages of a citizen into one case, in 24 hours.
    pub message_day: u32,
    /// `LIMIT_CASE_RESEND_DAY`: ways in sent for one case, in 24 hours.
    pub resend_day: u32,
    /// `RETENTION_DAYS`: an ended case is kept so long.
    pub keep_ended: i64,
    /// `CASE_IDLE_DAYS`: a case that nobody touches is kept so long.
    pub keep_idle: i64,
    /// Letters.
    pub letters: inbox::LetterPolicy,
}

impl Default for DeskPolicy {
    fn default() -> Self {
        Self {
            ttl_link: DAY,
            cooling_off: DAY,
            case_day: 3,
            message_day: 10,
            resend_day: 5,
            keep_ended: 30 * DAY,
            keep_idle: 90 * DAY,
            letters: inbox::LetterPolicy::default(),
        }
    }
}

/// All that the desk needs of the world.
pub trait DeskHost: Host<Store: DeskStore> {
    /// See [`Sealer`].
    type Sealer: Sealer;
    /// Seals and opens personal data.
    fn sealer(&self) -> &Self::Sealer;
    /// Limits and lifetimes.
    fn desk_policy(&self) -> &DeskPolicy;
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskRefusal {
    /// 404: no such case for whoever asks; to a citizen a wrong number and a wrong code alike.
    CaseNotFound,
    /// 409: the case has changed since it was read; look again.
    CaseChanged,
    /// 409: the case does not stand where this can be done.
    CaseState,
    /// 403: not this role, or not this person in this case.
    NotAllowed,
    /// 403: a second person must do it.
    SamePerson,
    /// 422: note a check first: this one, where one is named.
    ChecksMissing,
    /// 422: there is no active account under the stated number.
    NoAccount,
    /// 422: no message can be sent there, or it is not a contact of this account.
    NoContact,
    /// 422: nothing in the stated contacts differs from the record.
    NothingToChange,
    /// 422: no office of this name takes cases.
    NoOffice,
    /// 422: a case that came from a letter changes no contacts, and nobody reads what is asked.
    FromLetter,
    /// 404: no such letter, or it was decided about.
    LetterNotFound,
    /// 404: no such message among those that were given up.
    MessageNotFound,
    /// 409: it has been sent again already.
    MessageSentAgain,
    /// 410: it would be of no use any more.
    MessageOver,
    /// What the flow refuses by itself.
    Flow(Refusal),
}

impl From<Refusal> for DeskRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::Flow(refusal)
    }
}

impl From<StoreError> for DeskRefusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(Conflict::CaseChanged) => Self::CaseChanged,
            StoreError::Conflict(Conflict::DispatchLimit) => {
                Self::Flow(Refusal::TooMany { retry_after: HOUR })
            }
            other => Self::Flow(other.into()),
        }
    }
}

/// The desk over one host. Cheap to make, one per request.
pub struct Desk<'a, H: DeskHost> {
    host: &'a H,
}

impl<'a, H: DeskHost> Desk<'a, H> {
    /// Over this host.
    pub const fn new(host: &'a H) -> Self {
        Self { host }
    }

    const fn flow(&self) -> Service<'a, H> {
        Service::new(self.host)
    }

    fn store(&self) -> &H::Store {
        self.host.store()
    }

    fn policy(&self) -> &DeskPolicy {
        self.host.desk_policy()
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

    fn audit(&self, act: &'static str, case: &Case, staff: Option<&StaffId>) -> DeskWrite {
        DeskWrite::Audit(DeskAudit {
            event: AuditEvent {
                at: self.now(),
                act,
                channel: Channel::Desk,
                recovery: case.recovery,
            },
            case: Some(case.id),
            staff: staff.cloned(),
            office: case.office.clone(),
        })
    }

    /// The keyed name of a stated number, phone or email.
    fn key(&self, item: stated::Item, text: &str) -> Digest32 {
        self.host.keys().name("case", &[item.as_str(), text])
    }

    async fn seal(&self, bound_to: &[u8], text: &str) -> Result<seal::Sealed, DeskRefusal> {
        let sealed = self.host.sealer().seal(self.random(), bound_to, text.as_bytes()).await;
        sealed.ok_or_else(|| Refusal::Unavailable("nothing to seal with".into()).into())
    }

    async fn open_text(
        &self,
        bound_to: &[u8],
        sealed: &seal::Sealed,
    ) -> Result<String, DeskRefusal> {
        let opened = self.host.sealer().open(bound_to, sealed).await;
        opened
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| Refusal::Unavailable("a sealed text does not open".into()).into())
    }

    /// An entry with its text sealed.
    async fn entry(
        &self,
        case: &CaseId,
        kind: EntryKind,
        staff: Option<&StaffId>,
        text: Option<&CaseText>,
    ) -> Result<Entry, DeskRefusal> {
        let id = self.new_id();
        let text = match text {
            Some(text) => Some(self.seal(&seal::entry_binding(case, &id), text.as_str()).await?),
            None => None,
        };
        Ok(Entry { id, case: *case, at: self.now(), kind, staff: staff.cloned(), text })
    }

    /// Stores a case's next version with what goes with it. A lost answer is resolved by
    /// reading the case: only this very change has this version and this moment's content.
    async fn change(
        &self,
        next: &mut Case,
        mut desk: Vec<DeskWrite>,
        batch: Batch,
    ) -> Result<(), DeskRefusal> {
        let expect = next.version;
        next.version += 1;
        next.changed_at = self.now();
        let case = Box::new(next.clone());
        desk.insert(0, DeskWrite::UpdateCase { case, expect });
        match self.store().apply_desk(desk, batch).await {
            Ok(_) => Ok(()),
            Err(StoreError::Unavailable(why)) => match self.store().case(&next.id).await {
                Ok(Some(found)) if found == *next => Ok(()),
                _ => Err(Refusal::Unavailable(why).into()),
            },
            Err(other) => Err(other.into()),
        }
    }
}
