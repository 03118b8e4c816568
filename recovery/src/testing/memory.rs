//! The store in memory: one lock, one transaction at a time, rollback by copy.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use crate::desk::store::DeskWrite;
use crate::flow::account::{
    Accounts, Contact, ContactValue, Credential, CredentialState, Member, MemberRef, MemberStatus,
};
use crate::flow::ids::{Digest32, Id};
use crate::flow::store::{
    AuditEvent, Batch, OutboxRow, OutboxState, Recovery, Session, SigninCounts, Store, StoreError,
    Ticket, Write,
};
use crate::flow::text_store::TextWrite;
use crate::identifier::Identifier;
use crate::testing::memory_desk::DeskTables;
use crate::testing::memory_figures::FigureTables;
use crate::testing::memory_texts::TextTables;

/// Everything the store holds; tests may look.
#[derive(Clone, Default)]
pub struct Tables {
    /// Nonce and its expiry.
    pub nonces: BTreeMap<String, i64>,
    /// Key, identifier key, instant.
    pub dispatches: Vec<(Digest32, Digest32, i64)>,
    /// By id.
    pub recoveries: BTreeMap<Id, Recovery>,
    /// By id.
    pub outbox: BTreeMap<Id, OutboxRow>,
    /// Id, key, instant.
    pub compares: Vec<(Id, Digest32, i64)>,
    /// By hash.
    pub tickets: BTreeMap<Digest32, Ticket>,
    /// By hash.
    pub sessions: BTreeMap<Digest32, Session>,
    /// Id, pair, identifier, instant.
    pub signins: Vec<(Id, Digest32, Digest32, i64)>,
    /// Outbox row, key, instant.
    pub addresses: Vec<(Id, Digest32, i64)>,
    /// In order.
    pub audit: Vec<AuditEvent>,
    /// By reference.
    pub members: BTreeMap<MemberRef, Member>,
    /// Which recovery set the member's password.
    pub set_by: BTreeMap<MemberRef, Id>,
    /// Settled outbox rows and when.
    pub settled: BTreeMap<Id, i64>,
    /// The text-message channel's.
    pub texts: TextTables,
    /// The desk's.
    pub desk: DeskTables,
    /// Those of its figures.
    pub figures: FigureTables,
}

/// The in-memory store and account store.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    trouble: Mutex<Option<Trouble>>,
    calls: Mutex<Vec<String>>,
    interleaved: AtomicBool,
}

/// What the next batch runs into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The store is down until told otherwise.
    Down,
    /// The next batch is written, but its answer is lost.
    LostAnswer,
    /// The next batch fails after so many of its writes.
    FailAfter(usize),
}

impl MemoryStore {
    /// Looks at or changes the tables outside of any batch.
    pub fn with<T>(&self, look: impl FnOnce(&mut Tables) -> T) -> T {
        look(&mut self.tables.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets what the next batch runs into.
    pub fn trouble(&self, trouble: Option<Trouble>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// From now on every call lets others go first, once: what runs at the same time then
    /// meets between any two calls.
    pub fn interleave(&self) {
        self.interleaved.store(true, Ordering::Relaxed);
    }

    /// Where [`Self::interleave`] was asked for: not ready the first time.
    pub(super) async fn give_way(&self) {
        let mut waited = !self.interleaved.load(Ordering::Relaxed);
        poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    /// The kinds of all reads and writes so far, in order, and starts anew: how tests
    /// compare work.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn note(&self, call: impl Into<String>) -> Result<(), StoreError> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call.into());
        match *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(Trouble::Down) => Err(StoreError::Unavailable("down".into())),
            _ => Ok(()),
        }
    }
}

impl MemoryStore {
    /// Other channels' writes, then the batch: all or nothing.
    pub(super) fn transact(
        &self,
        others: Vec<Other>,
        batch: Batch,
    ) -> Result<Vec<i64>, StoreError> {
        let shown = others.iter().map(|write| format!("{write:?}"));
        for shown in shown.chain(batch.iter().map(|write| format!("{write:?}"))) {
            self.note(shown.split([' ', '(', '{']).next().unwrap_or_default())?;
        }
        let trouble = *self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let fail_after = match trouble {
            Some(Trouble::FailAfter(count)) => count,
            _ => usize::MAX,
        };
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = tables.clone();
        let mut values = Vec::new();
        let all = others.into_iter().chain(batch.into_iter().map(Other::Flow));
        for (index, write) in all.enumerate() {
            if index >= fail_after {
                self.trouble(None);
                return Err(StoreError::Unavailable("failed in the middle".into()));
            }
            values.push(match write {
                Other::Text(write) => next.texts.write(write)?,
                Other::Desk(write) => next.write_desk(write)?,
                Other::Flow(write) => next.write(write)?,
            });
        }
        *tables = next;
        if trouble == Some(Trouble::LostAnswer) {
            self.trouble(None);
            return Err(StoreError::Unavailable("answer lost".into()));
        }
        Ok(values)
    }
}

/// A write of any channel; its debug form is that of the write.
pub(super) enum Other {
    Text(TextWrite),
    Desk(DeskWrite),
    Flow(Write),
}

impl std::fmt::Debug for Other {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(write) => write.fmt(f),
            Self::Desk(write) => write.fmt(f),
            Self::Flow(write) => write.fmt(f),
        }
    }
}

impl Store for MemoryStore {
    async fn apply(&self, batch: Batch) -> Result<Vec<i64>, StoreError> {
        self.give_way().await;
        self.transact(Vec::new(), batch)
    }

    async fn recovery(&self, id: &Id) -> Result<Option<Recovery>, StoreError> {
        self.give_way().await;
        self.note("recovery?")?;
        Ok(self.with(|t| t.recoveries.get(id).cloned()))
    }

    async fn ticket(&self, hash: &Digest32) -> Result<Option<Ticket>, StoreError> {
        self.give_way().await;
        self.note("ticket?")?;
        Ok(self.with(|t| t.tickets.get(hash).cloned()))
    }

    async fn session(&self, hash: &Digest32) -> Result<Option<Session>, StoreError> {
        self.give_way().await;
        self.note("session?")?;
        Ok(self.with(|t| t.sessions.get(hash).cloned()))
    }

    async fn dispatches(&self, key: &Digest32, since: i64) -> Result<Vec<i64>, StoreError> {
        self.give_way().await;
        self.note("dispatches?")?;
        let mut found: Vec<i64> = self.with(|t| {
            t.dispatches.iter().filter(|(k, _, at)| k == key && *at > since).map(|d| d.2).collect()
        });
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.truncate(50);
        Ok(found)
    }

    async fn requests(&self, identifier: &Digest32, since: i64) -> Result<u32, StoreError> {
        self.give_way().await;
        self.note("requests?")?;
        let count = self.with(|t| {
            t.dispatches.iter().filter(|(_, i, at)| i == identifier && *at > since).count()
        });
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn signins(
        &self,
        pair: &Digest32,
        identifier: &Digest32,
        since: i64,
    ) -> Result<SigninCounts, StoreError> {
        self.give_way().await;
        self.note("signins?")?;
        Ok(self.with(|t| {
            let mut counts = SigninCounts::default();
            for (_, p, i, at) in t.signins.iter().filter(|s| s.3 > since) {
                if p == pair {
                    counts.pair += 1;
                    counts.pair_newest = counts.pair_newest.max(*at);
                }
                counts.identifier += u32::from(i == identifier);
            }
            counts
        }))
    }

    async fn recent(&self, member: &MemberRef, limit: u32) -> Result<Vec<Recovery>, StoreError> {
        self.give_way().await;
        self.note("recent?")?;
        let mut own: Vec<Recovery> =
            self.with(|t| t.recoveries.values().filter(|r| r.member == *member).cloned().collect());
        own.sort_by_key(|recovery| std::cmp::Reverse((recovery.created_at, recovery.id)));
        own.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(own)
    }

    async fn outbox(&self, id: &Id) -> Result<Option<OutboxRow>, StoreError> {
        self.give_way().await;
        self.note("outbox?")?;
        Ok(self.with(|t| t.outbox.get(id).cloned()))
    }

    async fn due(&self, at: i64, limit: u32) -> Result<Vec<Id>, StoreError> {
        self.give_way().await;
        self.note("due?")?;
        let mut due: Vec<(i64, Id)> = self.with(|t| {
            t.outbox.values().filter(|row| free(row, at)).map(|row| (row.due_at, row.id)).collect()
        });
        due.sort_unstable();
        due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(due.into_iter().map(|(_, id)| id).collect())
    }
}

impl Accounts for MemoryStore {
    async fn find(&self, identifier: &Identifier) -> Result<Option<Member>, StoreError> {
        self.give_way().await;
        self.note("find?")?;
        let normal = identifier.normal();
        Ok(self.with(|t| {
            t.members
                .values()
                .find(|member| member.identifiers.iter().any(|known| known.normal() == normal))
                .cloned()
        }))
    }

    async fn member(&self, reference: &MemberRef) -> Result<Option<Member>, StoreError> {
        self.give_way().await;
        self.note("member?")?;
        Ok(self.with(|t| t.members.get(reference).cloned()))
    }
}

/// Whether a message may be taken up for sending.
pub(super) fn free(row: &OutboxRow, at: i64) -> bool {
    match row.state {
        OutboxState::Pending => row.due_at <= at,
        OutboxState::Leased | OutboxState::Sending => row.lease_until <= at,
        _ => false,
    }
}

/// Under the cap? A cap of 0 is none.
pub(super) fn below(count: usize, cap: u32) -> bool {
    cap == 0 || u32::try_from(count).is_ok_and(|count| count < cap)
}

/// A synthetic member by the fixed scheme of the seeds: mã số `9000000000 + k`, email
/// `tv<k>@example.vn`, phone `0900000000 + k`.
pub fn synthetic_member(k: u32) -> Member {
    let parsed = (
        Identifier::parse(&format!("{}", 9_000_000_000_u64 + u64::from(k))),
        crate::email::EmailAddress::parse(&format!("tv{k}@example.vn")),
        crate::phone::Phone::parse(&format!("0{}", 900_000_000_u64 + u64::from(k))),
    );
    let (identifiers, mut contacts) = match parsed.0 {
        Ok(identifier) => (vec![identifier], Vec::new()),
        Err(_) => (Vec::new(), Vec::new()),
    };
    if let Ok(email) = parsed.1 {
        contacts.push(Contact { id: format!("m{k}-e"), value: ContactValue::Email(email) });
    }
    if let Ok(phone) = parsed.2 {
        contacts.push(Contact { id: format!("m{k}-p"), value: ContactValue::Phone(phone) });
    }
    Member {
        reference: MemberRef(format!("m{k}")),
        name: format!("Thành Viên Thử {k}"),
        birth_year: Some(1980),
        identifiers,
        status: MemberStatus::Active,
        contacts,
        former: Vec::new(),
        contacts_changed_at: None,
        credential: Credential { hash: None, state: CredentialState::Active },
    }
}
