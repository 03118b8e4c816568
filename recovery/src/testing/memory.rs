//! The store in memory: one lock, one transaction at a time, rollback by copy.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use crate::flow::account::{
    Accounts, Contact, ContactValue, Credential, CredentialState, Member, MemberRef, MemberStatus,
};
use crate::flow::ids::{Digest32, Id};
use crate::flow::policy::{DAY, HOUR};
use crate::flow::store::{
    AuditEvent, Batch, Conflict, OutboxRow, OutboxState, Purge, Recovery, RecoveryState, Session,
    SigninCounts, Store, StoreError, Ticket, TicketState, Write,
};
use crate::flow::text_store::TextWrite;
use crate::identifier::Identifier;
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
    /// Texts' writes, then the batch: all or nothing.
    pub(super) fn transact(
        &self,
        texts: Vec<TextWrite>,
        batch: Batch,
    ) -> Result<Vec<i64>, StoreError> {
        let shown = texts.iter().map(|write| format!("{write:?}"));
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
        let texts = texts.into_iter().map(Either::Text);
        for (index, write) in texts.chain(batch.into_iter().map(Either::Flow)).enumerate() {
            if index >= fail_after {
                self.trouble(None);
                return Err(StoreError::Unavailable("failed in the middle".into()));
            }
            values.push(match write {
                Either::Text(write) => next.texts.write(write)?,
                Either::Flow(write) => next.write(write)?,
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

enum Either {
    Text(TextWrite),
    Flow(Write),
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

fn free(row: &OutboxRow, at: i64) -> bool {
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

impl Tables {
    fn write(&mut self, write: Write) -> Result<i64, Conflict> {
        match write {
            Write::SpendCaptcha { nonce, expires_at } => {
                if self.nonces.insert(nonce, expires_at).is_some() {
                    return Err(Conflict::CaptchaSpent);
                }
            }
            Write::CountDispatch { key, identifier, at, hour, day } => {
                let since = |start| {
                    self.dispatches.iter().filter(|d| d.0 == key && d.2 > at - start).count()
                };
                if !(below(since(HOUR), hour) && below(since(DAY), day)) {
                    return Err(Conflict::DispatchLimit);
                }
                self.dispatches.push((key, identifier, at));
            }
            Write::InsertRecovery(row) => {
                if self.recoveries.insert(row.id, *row).is_some() {
                    return Err(Conflict::Duplicate);
                }
            }
            Write::InsertOutbox(row) => {
                if self.outbox.insert(row.id, *row).is_some() {
                    return Err(Conflict::Duplicate);
                }
            }
            Write::TakeTry { recovery, at, cap } => return self.take_try(&recovery, at, cap),
            Write::TakeCompare { id, key, at, cap } => {
                let taken = self.compares.iter().filter(|c| c.1 == key && c.2 > at - DAY).count();
                if !below(taken, cap) {
                    return Ok(0);
                }
                self.compares.push((id, key, at));
                return Ok(1);
            }
            Write::ReturnTry { recovery, compare } => {
                if let Some(row) = self.recoveries.get_mut(&recovery) {
                    row.tries = row.tries.saturating_sub(1);
                }
                self.compares.retain(|c| c.0 != compare);
            }
            Write::RequireOpen { recovery } => {
                self.recoveries
                    .get(&recovery)
                    .filter(|row| row.state == RecoveryState::Open)
                    .ok_or(Conflict::RecoveryClosed)?;
            }
            Write::VoidTickets { recovery } => {
                return Ok(self.void_tickets(|ticket| ticket.recovery == recovery));
            }
            Write::InsertTicket(ticket) => {
                let twice = self
                    .tickets
                    .values()
                    .any(|t| t.recovery == ticket.recovery && t.state == TicketState::Live);
                if twice || self.tickets.insert(ticket.hash, ticket).is_some() {
                    return Err(Conflict::Duplicate);
                }
            }
            Write::SpendTicket { hash, attempt, at, epoch } => {
                self.tickets
                    .get_mut(&hash)
                    .filter(|t| t.state == TicketState::Live && at < t.expires_at)
                    .filter(|t| t.epoch >= epoch)
                    .ok_or(Conflict::TicketSpent)?
                    .state = TicketState::Spent(attempt);
            }
            Write::TakeSignin { id, pair, identifier, at, since, cap } => {
                let noted = self.signins.iter().filter(|s| s.1 == pair && s.3 > since).count();
                if !below(noted, cap) {
                    return Err(Conflict::SigninLimit);
                }
                self.signins.push((id, pair, identifier, at));
            }
            other => return Ok(self.write_account(other)),
        }
        Ok(0)
    }

    /// Writes that have no condition to fail.
    fn write_account(&mut self, write: Write) -> i64 {
        match write {
            Write::VoidMember { member, except } => {
                self.void_tickets(|ticket| ticket.member == member);
                for row in self.recoveries.values_mut() {
                    let other = row.member == member && row.id != except;
                    if other && row.state == RecoveryState::Open {
                        row.state = RecoveryState::Voided;
                    }
                }
            }
            Write::CompleteRecovery { recovery, .. } => {
                if let Some(row) = self.recoveries.get_mut(&recovery) {
                    row.state = RecoveryState::Completed;
                }
            }
            Write::SetPassword { member, hash, recovery, .. } => {
                self.set_by.insert(member.clone(), recovery);
                if let Some(row) = self.members.get_mut(&member) {
                    row.credential =
                        Credential { hash: Some(hash), state: CredentialState::Active };
                }
            }
            Write::EndSessions { member } => return self.end_sessions(&member),
            Write::DisownOpen { recovery } => {
                self.void_tickets(|ticket| ticket.recovery == recovery);
                let open =
                    self.recoveries.get_mut(&recovery).filter(|r| r.state == RecoveryState::Open);
                return open.map_or(0, |row| {
                    row.state = RecoveryState::Disowned;
                    1
                });
            }
            Write::DisownCompleted { member, recovery } => {
                let credential = self.members.get_mut(&member).map(|m| &mut m.credential);
                let Some(credential) = credential
                    .filter(|c| c.state == CredentialState::Active)
                    .filter(|_| self.set_by.get(&member) == Some(&recovery))
                else {
                    return 0;
                };
                credential.state = CredentialState::ToBeRecovered;
                self.end_sessions(&member);
                return 1;
            }
            Write::InsertSession(session) => {
                self.sessions.insert(session.hash, session);
            }
            Write::TouchSession { hash, at } => {
                if let Some(session) = self.sessions.get_mut(&hash) {
                    session.seen_at = at;
                }
            }
            Write::DeleteSession { hash } => {
                return i64::from(self.sessions.remove(&hash).is_some());
            }
            Write::Audit(event) => self.audit.push(event),
            other => return self.write_counters(other),
        }
        0
    }

    fn write_counters(&mut self, write: Write) -> i64 {
        match write {
            Write::ReturnSignin { id, pair } => {
                self.signins.retain(|s| s.0 != id && s.1 != pair);
            }
            Write::ClearSignins { identifiers } => {
                self.signins.retain(|s| !identifiers.contains(&s.2));
            }
            Write::LeaseOutbox { id, at, until } => {
                let Some(row) = self.outbox.get_mut(&id).filter(|row| free(row, at)) else {
                    return 0;
                };
                row.unknowns += u32::from(row.state == OutboxState::Sending);
                row.attempts += 1;
                (row.state, row.lease_until) = (OutboxState::Leased, until);
                return 1;
            }
            Write::MarkSending { id, until } => {
                let held = self.outbox.get_mut(&id).filter(|r| r.state == OutboxState::Leased);
                return held.map_or(0, |row| {
                    (row.state, row.lease_until) = (OutboxState::Sending, until);
                    1
                });
            }
            Write::CountAddress { id, key, at, cap } => {
                if self.addresses.iter().any(|a| a.0 == id) {
                    return 1;
                }
                let sent = self.addresses.iter().filter(|a| a.1 == key && a.2 > at - DAY).count();
                if !below(sent, cap) {
                    return 0;
                }
                self.addresses.push((id, key, at));
                return 1;
            }
            Write::SettleOutbox { id, state, due_at, unknowns, at } => {
                if let Some(row) = self.outbox.get_mut(&id) {
                    (row.state, row.due_at, row.unknowns) = (state, due_at, unknowns);
                    if state != OutboxState::Pending {
                        self.settled.insert(id, at);
                    }
                }
            }
            Write::Purge(purge) => return self.purge(purge),
            _ => {}
        }
        0
    }

    fn take_try(&mut self, recovery: &Id, at: i64, cap: u32) -> Result<i64, Conflict> {
        let row = self
            .recoveries
            .get_mut(recovery)
            .filter(|row| row.state == RecoveryState::Open && at < row.code_expires_at)
            .filter(|row| cap == 0 || row.tries < cap)
            .ok_or(Conflict::RecoveryClosed)?;
        row.tries += 1;
        Ok(i64::from(row.tries))
    }

    fn void_tickets(&mut self, which: impl Fn(&Ticket) -> bool) -> i64 {
        let mut voided = 0;
        for ticket in self.tickets.values_mut() {
            if ticket.state == TicketState::Live && which(ticket) {
                ticket.state = TicketState::Voided;
                voided += 1;
            }
        }
        voided
    }

    fn end_sessions(&mut self, member: &MemberRef) -> i64 {
        let before = self.sessions.len();
        self.sessions.retain(|_, session| session.member != *member);
        i64::try_from(before - self.sessions.len()).unwrap_or(0)
    }

    fn purge(&mut self, purge: Purge) -> i64 {
        let before = self.size();
        self.nonces.retain(|_, end| *end >= purge.now);
        self.sessions.retain(|_, s| s.seen_at >= purge.idle_before);
        self.tickets.retain(|_, t| t.expires_at >= purge.now);
        self.dispatches.retain(|d| d.2 >= purge.counters_before);
        self.compares.retain(|c| c.2 >= purge.counters_before);
        self.signins.retain(|s| s.3 >= purge.counters_before);
        self.addresses.retain(|a| a.2 >= purge.counters_before);
        self.recoveries.retain(|_, r| r.created_at >= purge.before);
        let kept: BTreeSet<Id> = self.recoveries.keys().copied().collect();
        let settled = &self.settled;
        self.outbox.retain(|id, row| {
            let old = settled.get(id).is_some_and(|at| *at < purge.before);
            !old && (kept.contains(&row.recovery) || row.created_at >= purge.before)
        });
        i64::try_from(before.saturating_sub(self.size())).unwrap_or(0)
    }

    fn size(&self) -> usize {
        self.nonces.len()
            + self.sessions.len()
            + self.tickets.len()
            + self.dispatches.len()
            + self.compares.len()
            + self.signins.len()
            + self.addresses.len()
            + self.recoveries.len()
            + self.outbox.len()
    }
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
        credential: Credential { hash: None, state: CredentialState::Active },
    }
}
