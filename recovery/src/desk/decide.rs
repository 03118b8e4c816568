//! The officer's side, acting: take, check, note, ask, hand over, refuse, approve, send again.
//!
//! Every act names the version of the case that its officer saw. Where the case has changed
//! since, nothing is written and the answer says so.

use super::case::{Case, CaseState, Check, EntryKind, Reason};
use super::names::{CaseId, OfficeId};
use super::review::Open;
use super::staff::{Act, Staff};
use super::stated::CaseText;
use super::store::{DeskStore as _, DeskWrite};
use super::{Desk, DeskHost, DeskRefusal};
use crate::flow::account::MemberRef;
use crate::flow::ids::Id;
use crate::flow::keys::plain_name;
use crate::flow::store::{Channel, RecoveryState, Store as _, Write};
use crate::flow::{Refusal, Service};
use crate::message::Template;

/// Which case, and as it was when the officer looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The case.
    pub case: CaseId,
    /// Its version then.
    pub version: u32,
}

impl<H: DeskHost> Desk<'_, H> {
    /// The case at the version that was seen, in a state where this can be done.
    pub(super) async fn seen(
        &self,
        staff: &Staff,
        act: Act,
        seen: &Seen,
        stands: impl Fn(CaseState) -> bool,
    ) -> Result<Open, DeskRefusal> {
        let open = self.open(staff, act, &seen.case).await?;
        if open.case.version != seen.version {
            return Err(DeskRefusal::CaseChanged);
        }
        if !stands(open.case.state) {
            return Err(DeskRefusal::CaseState);
        }
        Ok(open)
    }

    /// Whoever decides about a case works on it.
    pub(super) fn worked_on(case: &mut Case, staff: &Staff) {
        case.assignee = Some(staff.id.clone());
        if case.state == CaseState::Received {
            case.state = CaseState::InReview;
        }
    }

    /// Takes a case, from a colleague too.
    pub async fn take(&self, staff: &Staff, seen: &Seen) -> Result<(), DeskRefusal> {
        let Open { mut case, .. } =
            self.seen(staff, Act::Take, seen, |state| !state.is_final()).await?;
        Self::worked_on(&mut case, staff);
        let audit = self.audit("case-taken", &case, Some(&staff.id));
        self.change(&mut case, vec![audit], Vec::new()).await
    }

    /// Notes that the person was verified in this way.
    pub async fn check(&self, staff: &Staff, seen: &Seen, check: Check) -> Result<(), DeskRefusal> {
        let Open { mut case, .. } = self
            .seen(staff, Act::Check, seen, |state| {
                state.is_under_review() || state == CaseState::Disputed
            })
            .await?;
        Self::worked_on(&mut case, staff);
        let entry = self.entry(&case.id, check.into(), Some(&staff.id), None).await?;
        let act = match check {
            Check::CallBack => "case-check-call-back",
            Check::InPerson => "case-check-in-person",
            Check::Record => "case-check-record",
        };
        let audit = self.audit(act, &case, Some(&staff.id));
        self.change(&mut case, vec![DeskWrite::InsertEntry(entry), audit], Vec::new()).await
    }

    /// A note among staff.
    pub async fn note(
        &self,
        staff: &Staff,
        seen: &Seen,
        text: &CaseText,
    ) -> Result<(), DeskRefusal> {
        let Open { mut case, .. } = self.seen(staff, Act::Note, seen, |_| true).await?;
        let entry = self.entry(&case.id, EntryKind::Note, Some(&staff.id), Some(text)).await?;
        let audit = self.audit("case-noted", &case, Some(&staff.id));
        self.change(&mut case, vec![DeskWrite::InsertEntry(entry), audit], Vec::new()).await
    }

    /// Asks the citizen something; the case waits for the answer.
    pub async fn ask(
        &self,
        staff: &Staff,
        seen: &Seen,
        text: &CaseText,
    ) -> Result<(), DeskRefusal> {
        let Open { mut case, .. } = self
            .seen(staff, Act::Ask, seen, |state| {
                state.is_under_review() || state == CaseState::Disputed
            })
            .await?;
        Self::with_its_citizen(&case)?;
        Self::worked_on(&mut case, staff);
        if case.state != CaseState::Disputed {
            case.state = CaseState::Waiting;
        }
        let kind = EntryKind::OfficeMessage;
        let entry = self.entry(&case.id, kind, Some(&staff.id), Some(text)).await?;
        let audit = self.audit("case-asked", &case, Some(&staff.id));
        self.change(&mut case, vec![DeskWrite::InsertEntry(entry), audit], Vec::new()).await
    }

    /// Gives the case to another office. Checks stay on record; approvals do not.
    pub async fn hand_over(
        &self,
        staff: &Staff,
        seen: &Seen,
        to: &OfficeId,
    ) -> Result<(), DeskRefusal> {
        let Open { mut case, .. } =
            self.seen(staff, Act::HandOver, seen, CaseState::is_under_review).await?;
        if *to == case.office || !self.store().desk_offices().await?.contains(to) {
            return Err(DeskRefusal::NoOffice);
        }
        // Noted at the office that it leaves.
        let audit = self.audit("case-handed-over", &case, Some(&staff.id));
        case.office = to.clone();
        (case.state, case.assignee) = (CaseState::Received, None);
        self.change(&mut case, vec![audit], Vec::new()).await
    }

    /// Refuses, with a reason and, where the citizen needs one, an explanation.
    pub async fn reject(
        &self,
        staff: &Staff,
        seen: &Seen,
        reason: Reason,
        text: Option<&CaseText>,
    ) -> Result<(), DeskRefusal> {
        let Open { mut case, .. } = self
            .seen(staff, Act::Reject, seen, |state| {
                state.is_under_review() || state == CaseState::Disputed
            })
            .await?;
        Self::worked_on(&mut case, staff);
        case.state = CaseState::Rejected;
        case.ended_at = Some(self.now());
        let act = match reason {
            Reason::NotVerified => "case-rejected-not-verified",
            Reason::NoAccount => "case-rejected-no-account",
            Reason::NoAnswer => "case-rejected-no-answer",
            Reason::Duplicate => "case-rejected-duplicate",
            Reason::OtherWay => "case-rejected-other-way",
        };
        let mut writes = vec![self.audit(act, &case, Some(&staff.id))];
        if let Some(text) = text {
            let kind = EntryKind::OfficeMessage;
            let entry = self.entry(&case.id, kind, Some(&staff.id), Some(text)).await?;
            writes.push(DeskWrite::InsertEntry(entry));
        }
        self.change(&mut case, writes, Vec::new()).await
    }

    /// The checks noted since `since`.
    pub(super) async fn checks(
        &self,
        case: &CaseId,
        since: i64,
    ) -> Result<Vec<Check>, DeskRefusal> {
        let entries = self.store().entries(case).await?;
        let recent = entries.iter().filter(|entry| entry.at >= since);
        Ok(recent.filter_map(|entry| entry.kind.check()).collect())
    }

    /// Approves without a change: a link to a contact on record. Gives the message to send.
    pub async fn approve(
        &self,
        staff: &Staff,
        seen: &Seen,
        contact: &str,
    ) -> Result<Vec<Id>, DeskRefusal> {
        let Open { mut case, member, .. } =
            self.seen(staff, Act::Approve, seen, CaseState::is_under_review).await?;
        let member = member.ok_or(DeskRefusal::NoAccount)?;
        let on_record = member.contacts.iter().find(|known| known.id == contact);
        let contact = on_record.filter(|known| self.sends_to(&known.value));
        let contact = contact.ok_or(DeskRefusal::NoContact)?;
        if self.checks(&case.id, 0).await?.is_empty() {
            return Err(DeskRefusal::ChecksMissing);
        }
        let recovery = self.way_in(&case, &member, &contact.id, false, self.now())?;
        let row = self.message(Template::DeskLink, &recovery, &contact.id);
        Self::worked_on(&mut case, staff);
        case.state = CaseState::Approved;
        case.ended_at = Some(self.now());
        case.member = Some(member.reference.clone());
        case.recovery = Some(recovery.id);
        let audit = self.audit("case-approved", &case, Some(&staff.id));
        let sent = row.id;
        let batch = vec![
            self.count_way_in(&case.id),
            Write::InsertRecovery(Box::new(recovery)),
            Write::InsertOutbox(Box::new(row)),
        ];
        self.change(&mut case, vec![audit], batch).await?;
        Ok(vec![sent])
    }

    pub(super) fn count_way_in(&self, case: &CaseId) -> Write {
        let key = plain_name("case-way-in", &case.to_string());
        let cap = self.policy().resend_day;
        Write::CountDispatch { key, identifier: key, at: self.now(), hour: 0, day: cap }
    }

    /// Sends a new link in place of the last, as long as none has led to a password. The last
    /// one ends with it.
    pub async fn resend(&self, staff: &Staff, seen: &Seen) -> Result<Vec<Id>, DeskRefusal> {
        let Open { mut case, member, .. } =
            self.seen(staff, Act::Resend, seen, |state| state == CaseState::Approved).await?;
        let member = member.ok_or(DeskRefusal::NoAccount)?;
        let last = match &case.recovery {
            Some(id) => self.store().recovery(id).await?,
            None => None,
        };
        let last = last
            .filter(|last| last.state == RecoveryState::Open && last.member == member.reference);
        let last = last.ok_or(DeskRefusal::CaseState)?;
        let contact = member.contacts.iter().find(|known| known.id == last.contact);
        let contact = contact.ok_or(DeskRefusal::NoContact)?.id.clone();
        let guarded = case.changes_contacts;
        let recovery = self.way_in(&case, &member, &contact, guarded, self.now())?;
        let template = if guarded { Template::DeskGuardedLink } else { Template::DeskLink };
        let row = self.message(template, &recovery, &contact);
        let (id, sent) = (recovery.id, row.id);
        let batch = vec![
            self.count_way_in(&case.id),
            // Only while the last one is open: a password set a moment ago ends the matter.
            Write::RequireOpen { recovery: last.id },
            Write::InsertRecovery(Box::new(recovery)),
            Write::VoidMember { member: MemberRef(member.reference.0.clone()), except: id },
            Write::InsertOutbox(Box::new(row)),
        ];
        case.recovery = Some(id);
        let audit = self.audit("case-link-sent-again", &case, Some(&staff.id));
        match self.change(&mut case, vec![audit], batch).await {
            Ok(()) => Ok(vec![sent]),
            Err(DeskRefusal::Flow(Refusal::RecoveryClosed)) => Err(DeskRefusal::CaseState),
            Err(other) => Err(other),
        }
    }

    /// The flow's service, for what a granted way in leads to.
    pub(super) const fn grants(&self) -> Service<'_, H> {
        self.flow()
    }

    /// On which channel the desk's recoveries stand.
    pub const CHANNEL: Channel = Channel::Desk;
}
