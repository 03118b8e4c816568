//! Changed contact data: two people, a cooling-off that the old contacts can stop, then the
//! way in, which needs the case's look-up code beside its link.

use super::case::{Case, CaseState, Check};
use super::decide::Seen;
use super::names::{CaseId, LookupCode, StaffId};
use super::review::{Open, same_email, same_phone};
use super::staff::{Act, Role, Staff};
use super::stated::Stated;
use super::store::{DeskStore as _, DeskWrite};
use super::{Desk, DeskHost, DeskRefusal};
use crate::flow::Refusal;
use crate::flow::account::{Accounts as _, Contact, ContactValue, Member};
use crate::flow::ids::{Id, LinkToken};
use crate::flow::keys::Purpose;
use crate::flow::redeem::Granted;
use crate::flow::store::{
    Conflict, OutboxRow, Recovery, RecoveryState, Store as _, StoreError, Write,
};
use crate::message::Template;

/// What became of a click on "stop this".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It was the desk's, and is stopped now.
    Stopped,
    /// Not a token of a change under way: the flow's own "not me" has the word.
    NotOurs,
}

/// The stated contacts that are not on record.
pub(super) fn new_contacts(member: &Member, stated: &Stated) -> Vec<ContactValue> {
    let email = stated.email.clone().filter(|email| member.email(email).is_none());
    let phone = stated
        .phone
        .clone()
        .filter(|phone| !member.phones().any(|(_, known)| known.e164() == phone.e164()));
    let all = email.map(ContactValue::Email).into_iter().chain(phone.map(ContactValue::Phone));
    all.collect()
}

impl<H: DeskHost> Desk<'_, H> {
    /// The first approval.
    pub async fn propose(&self, staff: &Staff, seen: &Seen) -> Result<(), DeskRefusal> {
        let Open { mut case, stated, member } =
            self.seen(staff, Act::Propose, seen, CaseState::is_under_review).await?;
        Self::with_its_citizen(&case)?;
        let member = member.ok_or(DeskRefusal::NoAccount)?;
        let new = new_contacts(&member, &stated);
        if new.is_empty() {
            return Err(DeskRefusal::NothingToChange);
        }
        if !new.iter().any(|value| self.sends_to(value)) {
            return Err(DeskRefusal::NoContact);
        }
        let checks = self.checks(&case.id, 0).await?;
        // Where nobody can stop it, the person was seen.
        let enough = checks.contains(&Check::InPerson)
            || !checks.is_empty() && self.told(&member).next().is_some();
        if !enough {
            return Err(DeskRefusal::ChecksMissing);
        }
        Self::worked_on(&mut case, staff);
        case.state = CaseState::SecondApproval;
        case.first = Some(staff.id.clone());
        case.member = Some(member.reference);
        case.changes_contacts = true;
        let audit = self.audit("case-change-proposed", &case, Some(&staff.id));
        self.change(&mut case, vec![audit], Vec::new()).await
    }

    /// Whether somebody holds the case's look-up code: of a letter nobody knows the writer.
    pub(super) const fn with_its_citizen(case: &Case) -> Result<(), DeskRefusal> {
        if case.from_letter { Err(DeskRefusal::FromLetter) } else { Ok(()) }
    }

    /// The second officer sends it back; or, in the cooling-off, any officer stops it as an old
    /// contact would: whoever calls the office instead of using the link is heard too.
    pub async fn send_back(&self, staff: &Staff, seen: &Seen) -> Result<(), DeskRefusal> {
        let Open { mut case, .. } = self
            .seen(staff, Act::Return, seen, |state| {
                matches!(state, CaseState::SecondApproval | CaseState::CoolingOff)
            })
            .await?;
        if case.state == CaseState::CoolingOff {
            return self.dispute(&mut case, Some(&staff.id)).await;
        }
        (case.state, case.first) = (CaseState::InReview, None);
        (case.member, case.changes_contacts) = (None, false);
        let audit = self.audit("case-change-returned", &case, Some(&staff.id));
        self.change(&mut case, vec![audit], Vec::new()).await
    }

    /// Stopped, once: the way in is void.
    async fn dispute(&self, case: &mut Case, staff: Option<&StaffId>) -> Result<(), DeskRefusal> {
        let recovery = case.recovery.ok_or(DeskRefusal::CaseState)?;
        (case.state, case.first) = (CaseState::Disputed, None);
        (case.disputed_at, case.cooling_until) = (Some(self.now()), None);
        let audit = self.audit("case-disputed", case, staff);
        self.change(case, vec![audit], vec![Write::DisownOpen { recovery }]).await
    }

    /// The second approval: the cooling-off begins, and every old contact is told how to stop
    /// it. Where none can be told, it takes proof in person and a supervisor, as after a dispute.
    /// Gives the messages to send.
    pub async fn confirm(&self, staff: &Staff, seen: &Seen) -> Result<Vec<Id>, DeskRefusal> {
        let Open { mut case, member, .. } = self
            .seen(staff, Act::Confirm, seen, |state| state == CaseState::SecondApproval)
            .await?;
        Self::with_its_citizen(&case)?;
        let member = member.ok_or(DeskRefusal::NoAccount)?;
        let first = self.second(staff, &case).await?;
        if self.told(&member).next().is_none() {
            self.proven(&case, 0).await?;
            Self::with_supervisor(&first, staff)?;
        }
        let until = self.now() + self.policy().cooling_off;
        let contact = new_contact_id(&case, 0);
        let recovery = self.way_in(&case, &member, &contact, true, until)?;
        let rows = self.tell(&member, Template::ContactsChanging, &recovery);
        case.state = CaseState::CoolingOff;
        case.cooling_until = Some(until);
        case.recovery = Some(recovery.id);
        let audit = self.audit("case-change-confirmed", &case, Some(&staff.id));
        let sent = rows.iter().map(|row| row.id).collect();
        let mut batch =
            vec![self.count_way_in(&case.id), Write::InsertRecovery(Box::new(recovery))];
        batch.extend(rows.into_iter().map(|row| Write::InsertOutbox(Box::new(row))));
        self.change(&mut case, vec![audit], batch).await?;
        Ok(sent)
    }

    /// The first approver, where this is somebody else: by name, and by the own account.
    async fn second(&self, staff: &Staff, case: &Case) -> Result<Staff, DeskRefusal> {
        let first: &StaffId = case.first.as_ref().ok_or(DeskRefusal::CaseState)?;
        let first = self.store().staff(first).await?.ok_or(DeskRefusal::CaseState)?;
        let one_person = first.member.is_some() && first.member == staff.member;
        if first.id == staff.id || one_person {
            return Err(DeskRefusal::SamePerson);
        }
        Ok(first)
    }

    /// The person was seen, from this second on.
    async fn proven(&self, case: &Case, since: i64) -> Result<(), DeskRefusal> {
        let seen = self.checks(&case.id, since).await?.contains(&Check::InPerson);
        if seen { Ok(()) } else { Err(DeskRefusal::ChecksMissing) }
    }

    /// One of the two is a supervisor.
    fn with_supervisor(first: &Staff, second: &Staff) -> Result<(), DeskRefusal> {
        let one = [first, second].iter().any(|staff| staff.role == Role::Supervisor);
        if one { Ok(()) } else { Err(DeskRefusal::NotAllowed) }
    }

    /// The contacts on record that a message can be sent to.
    fn told<'m>(&'m self, member: &'m Member) -> impl Iterator<Item = &'m Contact> {
        member.contacts.iter().filter(|contact| self.sends_to(&contact.value))
    }

    fn tell(&self, member: &Member, template: Template, recovery: &Recovery) -> Vec<OutboxRow> {
        self.told(member).map(|contact| self.message(template, recovery, &contact.id)).collect()
    }

    /// "Stop this" from an old contact, while the cooling-off lasts: once. The case is disputed
    /// from then on, and this way in is void.
    pub async fn stop(&self, token: &LinkToken) -> Result<Stopped, DeskRefusal> {
        let Some(recovery) = self.store().recovery(&token.recovery).await? else {
            return Ok(Stopped::NotOurs);
        };
        let live = recovery.epoch >= self.host.policy().secret_epoch;
        if !(live && self.grants().matches(&recovery, Purpose::Cancel, &token.secret)) {
            return Ok(Stopped::NotOurs);
        }
        let Some(mut case) = self.store().case_of(&recovery.id).await? else {
            return Ok(Stopped::NotOurs);
        };
        loop {
            if case.state != CaseState::CoolingOff {
                return Ok(Stopped::NotOurs);
            }
            match self.dispute(&mut case, None).await {
                Ok(()) => return Ok(Stopped::Stopped),
                // A note or message came between: what counts is the state.
                Err(DeskRefusal::CaseChanged) => {}
                Err(other) => return Err(other),
            }
            let again = self.store().case(&case.id).await?;
            case = again.ok_or(DeskRefusal::CaseNotFound)?;
        }
    }

    /// Cases whose cooling-off is over: the schedule finishes each.
    pub async fn cooled(&self, limit: u32) -> Result<Vec<CaseId>, DeskRefusal> {
        Ok(self.store().cooled(self.now(), limit).await?)
    }

    /// The end of a cooling-off that nobody stopped: the new contacts are on record, the old
    /// ones are told, the way in is sent. Gives the messages to send. Where the case has moved
    /// on meanwhile, nothing happens.
    pub async fn finish(&self, id: &CaseId) -> Result<Vec<Id>, DeskRefusal> {
        let Some(mut case) = self.store().case(id).await? else { return Ok(Vec::new()) };
        let over = case.cooling_until.is_some_and(|until| until <= self.now());
        let Some(recovery) = case.recovery.filter(|_| case.state == CaseState::CoolingOff && over)
        else {
            return Ok(Vec::new());
        };
        let recovery = self.store().recovery(&recovery).await?;
        let open = recovery.filter(|recovery| recovery.state == RecoveryState::Open);
        let Some(recovery) = open else {
            // A password was set on another way, or the recovery was disowned: an officer looks.
            (case.state, case.first) = (CaseState::InReview, None);
            (case.recovery, case.cooling_until) = (None, None);
            (case.member, case.changes_contacts) = (None, false);
            let audit = self.audit("case-change-overtaken", &case, None);
            self.change(&mut case, vec![audit], Vec::new()).await?;
            return Ok(Vec::new());
        };
        let member = self.host.accounts().member(&recovery.member).await?;
        let (Some(member), Some(stated)) = (member, self.stated(id).await?) else {
            return Ok(Vec::new());
        };
        let guard = vec![Write::RequireOpen { recovery: recovery.id }];
        match self.release(&mut case, &member, &stated, &recovery, None, guard).await {
            Err(DeskRefusal::CaseChanged | DeskRefusal::Flow(Refusal::RecoveryClosed)) => {
                Ok(Vec::new())
            }
            other => other,
        }
    }

    /// The new contacts on record, the old ones told, the way in sent.
    async fn release(
        &self,
        case: &mut Case,
        member: &Member,
        stated: &Stated,
        recovery: &Recovery,
        staff: Option<&StaffId>,
        mut batch: Vec<Write>,
    ) -> Result<Vec<Id>, DeskRefusal> {
        let now = self.now();
        let values = new_contacts(member, stated);
        // The one that the way in goes to has the first name.
        let (mut first, rest): (Vec<_>, Vec<_>) =
            values.into_iter().partition(|value| self.sends_to(value));
        first.extend(rest);
        let add: Vec<Contact> = first
            .into_iter()
            .enumerate()
            .map(|(place, value)| Contact { id: new_contact_id(case, place), value })
            .collect();
        let kept = member.contacts.iter().filter(|contact| match &contact.value {
            ContactValue::Email(email) => same_email(stated, email),
            ContactValue::Phone(phone) => same_phone(stated, phone),
        });
        let keep = kept.map(|contact| contact.id.clone()).collect();
        let mut rows = self.tell(member, Template::ContactsChanged, recovery);
        rows.push(self.message(Template::DeskGuardedLink, recovery, &recovery.contact));
        case.state = CaseState::Approved;
        case.ended_at = Some(now);
        case.cooling_until = None;
        case.recovery = Some(recovery.id);
        let member = member.reference.clone();
        let audit = self.audit("case-change-done", case, staff);
        let desk =
            vec![DeskWrite::ReplaceContacts { member: member.clone(), keep, add, at: now }, audit];
        // Whatever was started with the old contacts ends here.
        batch.push(Write::VoidMember { member, except: recovery.id });
        let sent = rows.iter().map(|row| row.id).collect();
        batch.extend(rows.into_iter().map(|row| Write::InsertOutbox(Box::new(row))));
        self.change(case, desk, batch).await?;
        Ok(sent)
    }

    /// After a dispute and proof in person: the first of two people, then the second, one of
    /// them a supervisor. The old contacts are told, and cannot stop it again: a thief may hold
    /// the old SIM. Gives the messages to send.
    pub async fn resume(&self, staff: &Staff, seen: &Seen) -> Result<Vec<Id>, DeskRefusal> {
        let Open { mut case, stated, member } =
            self.seen(staff, Act::Resume, seen, |state| state == CaseState::Disputed).await?;
        Self::with_its_citizen(&case)?;
        let member = member.ok_or(DeskRefusal::NoAccount)?;
        // From the next second on: what was noted in the dispute's own may have come before it.
        let since = case.disputed_at.map_or(i64::MAX, |at| at.saturating_add(1));
        self.proven(&case, since).await?;
        if case.first.is_none() {
            case.first = Some(staff.id.clone());
            let audit = self.audit("case-resume-proposed", &case, Some(&staff.id));
            self.change(&mut case, vec![audit], Vec::new()).await?;
            return Ok(Vec::new());
        }
        let first = self.second(staff, &case).await?;
        Self::with_supervisor(&first, staff)?;
        if new_contacts(&member, &stated).is_empty() {
            return Err(DeskRefusal::NothingToChange);
        }
        let contact = new_contact_id(&case, 0);
        let recovery = self.way_in(&case, &member, &contact, true, self.now())?;
        let batch =
            vec![self.count_way_in(&case.id), Write::InsertRecovery(Box::new(recovery.clone()))];
        self.release(&mut case, &member, &stated, &recovery, Some(&staff.id), batch).await
    }

    /// `POST /cases/continue`: link and look-up code lead to a ticket, which lives from now on.
    pub async fn continue_case(
        &self,
        token: &LinkToken,
        code: Option<&LookupCode>,
    ) -> Result<Granted, DeskRefusal> {
        let spent = || DeskRefusal::Flow(Refusal::LinkSpent);
        let recovery = self.store().recovery(&token.recovery).await?.ok_or_else(spent)?;
        if !self.grants().matches(&recovery, Purpose::DeskLink, &token.secret) {
            return Err(spent());
        }
        let case = self.store().case_of(&recovery.id).await?.ok_or_else(spent)?;
        let now = self.now();
        let live = case.state == CaseState::Approved
            && recovery.state == RecoveryState::Open
            && (recovery.code_expires_at..recovery.link_expires_at).contains(&now)
            && recovery.epoch >= self.host.policy().secret_epoch;
        if !live {
            return Err(spent());
        }
        // The link's holder is told that the code was the wrong part: 80 bits are not guessed.
        let typed = code.and_then(|code| {
            let keys = self.host.keys();
            keys.verifier(&case.kid, &case.salt, Purpose::Lookup, code.canonical())
        });
        if typed != Some(case.lookup) {
            return Err(DeskRefusal::CaseNotFound);
        }
        match self.grants().grant(&recovery, "desk-link-redeemed", Vec::new()).await {
            Err(StoreError::Conflict(Conflict::RecoveryClosed)) => Err(spent()),
            other => other.map_err(DeskRefusal::from),
        }
    }
}

/// The name of a contact that this case brings: known before it is on record, so that the
/// way in can be made for it.
fn new_contact_id(case: &Case, place: usize) -> String {
    format!("{}-{place}", case.id)
}
