//! What each write does to the store in memory.

use std::collections::BTreeSet;

use crate::desk::figures::store::Limit;
use crate::flow::account::{Credential, CredentialState, MemberRef};
use crate::flow::ids::Id;
use crate::flow::policy::{DAY, HOUR};
use crate::flow::store::{
    Conflict, OutboxRow, OutboxState, Purge, RecoveryState, Ticket, TicketState, Write,
};
use crate::flow::text_policy::vietnam_day;
use crate::testing::memory::{Tables, below, free};

impl Tables {
    pub(super) fn write(&mut self, write: Write) -> Result<i64, Conflict> {
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
                    let day = vietnam_day(at);
                    *self.figures.limits.entry((day, Limit::Compared)).or_default() += 1;
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
                let unsent = self.outbox.get_mut(&id).filter(|r| r.state != OutboxState::Sent);
                if let Some(row) = unsent {
                    (row.state, row.due_at, row.unknowns) = (state, due_at, unknowns);
                    if state != OutboxState::Pending {
                        self.settled.insert(id, at);
                    }
                }
            }
            Write::ProveSent { id, at } => {
                let open = |row: &OutboxRow| match row.state {
                    OutboxState::Sending | OutboxState::Unknown => true,
                    OutboxState::Pending | OutboxState::Leased => row.unknowns > 0,
                    _ => false,
                };
                if let Some(row) = self.outbox.get_mut(&id).filter(|row| open(row)) {
                    row.state = OutboxState::Sent;
                    self.settled.insert(id, at);
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
