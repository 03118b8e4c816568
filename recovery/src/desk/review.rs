//! The officer's side, reading: the queue, and a case beside verdicts on what was stated.

use super::case::{Case, CaseState, EntryKind, tags};
use super::change::new_contacts;
use super::names::{CaseId, CaseNumber, OfficeId, StaffId};
use super::seal::{entry_binding, item_binding};
use super::staff::{Act, Role, Staff};
use super::stated::{Item, Stated};
use super::store::{DeskStore as _, QueueOrder, QueueQuery, StateCount, Which};
use super::{Desk, DeskHost, DeskRefusal};
use crate::email::EmailAddress;
use crate::flow::Refusal;
use crate::flow::account::{Accounts as _, ContactValue, Member, MemberStatus};
use crate::flow::ids::Digest32;
use crate::identifier::Identifier;
use crate::phone::Phone;

/// Rows of a page of the queue.
pub const PAGE: u32 = 50;

/// How a stated item stands to the record. The record itself is never shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the same.
    Match,
    /// The record says something else.
    Differs,
    /// The record says nothing about it.
    NotOnRecord,
}

tags!(Verdict { Match => "match", Differs => "differs", NotOnRecord => "not-on-record" });

/// A stated item beside its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Which.
    pub item: Item,
    /// As stated.
    pub stated: String,
    /// `None` for the message.
    pub verdict: Option<Verdict>,
}

/// A contact on record that a way in could be sent to: its kind, never its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reachable {
    /// The account store's name for it.
    pub id: String,
    /// A phone; otherwise an email address.
    pub is_phone: bool,
    /// Whether it is what the citizen stated.
    pub is_stated: bool,
}

/// An entry as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Unix seconds.
    pub at: i64,
    /// What it is.
    pub kind: EntryKind,
    /// Who; `None` for the citizen.
    pub staff: Option<StaffId>,
    /// Its text.
    pub text: Option<String>,
}

/// What was done in a case, out of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Unix seconds.
    pub at: i64,
    /// As in the audit, such as `case-approved`.
    pub act: String,
    /// Who; `None` for citizens and for the schedule.
    pub staff: Option<StaffId>,
    /// What that person is now; `None` where nobody is known by this name any more.
    pub role: Option<Role>,
    /// Where the case lay.
    pub office: Option<OfficeId>,
}

/// A case as its officer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The case.
    pub case: Case,
    /// What was stated.
    pub compared: Vec<Compared>,
    /// Where a way in could go.
    pub reachable: Vec<Reachable>,
    /// Whether stated contacts differ from the record: only then can a change be approved.
    pub may_change: bool,
    /// Everything written, oldest first.
    pub entries: Vec<Shown>,
    /// Everything done, oldest first.
    pub course: Vec<Step>,
}

/// What an officer filters the queue by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only in this state; `None`: all that are not final.
    pub state: Option<CaseState>,
    /// Only the officer's own.
    pub mine: bool,
    /// A case number, mã số, phone or email, as typed.
    pub search: Option<String>,
    /// Order.
    pub order: QueueOrder,
    /// Where the last page ended.
    pub after: Option<(i64, CaseId)>,
}

/// A case that this person may act on, its stated items, and the member they point to.
pub(super) struct Open {
    pub(super) case: Case,
    pub(super) stated: Stated,
    pub(super) member: Option<Member>,
}

impl<H: DeskHost> Desk<'_, H> {
    /// Who signed in, if this is staff.
    pub async fn staff_member(&self, email: &str) -> Result<Staff, DeskRefusal> {
        let staff = self.store().staff_by_email(email).await?;
        staff.filter(|staff| staff.active).ok_or(DeskRefusal::NotAllowed)
    }

    /// A page of the office's cases.
    pub async fn queue(&self, staff: &Staff, filter: &Filter) -> Result<Vec<Case>, DeskRefusal> {
        if !staff.may(Act::Queue) {
            return Err(DeskRefusal::NotAllowed);
        }
        let (number, key) = match filter.search.as_deref().map(str::trim) {
            None | Some("") => (None, None),
            Some(text) => match self.search(text) {
                // Nothing has this form, so nothing is found.
                (None, None) => return Ok(Vec::new()),
                found => found,
            },
        };
        let which = match filter.state {
            Some(state) => Which::In(state),
            None if number.is_some() || key.is_some() => Which::Any,
            None => Which::Open,
        };
        let query = QueueQuery {
            office: staff.office.clone(),
            which,
            assignee: filter.mine.then(|| staff.id.clone()),
            number,
            key,
            hidden: self.own_keys(staff).await?,
            order: filter.order,
            after: filter.after,
            limit: PAGE,
        };
        Ok(self.store().queue(&query).await?)
    }

    /// How many of the office's cases stand where: a supervisor's figures.
    pub async fn figures(&self, staff: &Staff) -> Result<Vec<StateCount>, DeskRefusal> {
        if !staff.may(Act::Figures) {
            return Err(DeskRefusal::NotAllowed);
        }
        Ok(self.store().counts(&staff.office).await?)
    }

    fn search(&self, text: &str) -> (Option<CaseNumber>, Option<Digest32>) {
        // A number of ten digits is a mã số, or a phone: a phone begins with 0.
        if let Ok(phone) = Phone::parse(text) {
            return (None, Some(self.phone_key(&phone)));
        }
        if let Ok(identifier) = Identifier::parse(text) {
            return (None, Some(self.key(Item::Identifier, identifier.normal())));
        }
        if let Ok(email) = EmailAddress::parse(text) {
            return (None, Some(self.key(Item::Email, email.normal())));
        }
        (CaseNumber::parse(text), None)
    }

    /// The keyed names of an officer's own numbers and contacts.
    async fn own_keys(&self, staff: &Staff) -> Result<Vec<Digest32>, DeskRefusal> {
        let Some(reference) = &staff.member else { return Ok(Vec::new()) };
        let Some(own) = self.host.accounts().member(reference).await? else {
            return Ok(Vec::new());
        };
        let numbers = own.identifiers.iter().map(|id| self.key(Item::Identifier, id.normal()));
        let contacts = own.contacts.iter().map(|contact| match &contact.value {
            ContactValue::Email(email) => self.key(Item::Email, email.normal()),
            ContactValue::Phone(phone) => self.phone_key(phone),
        });
        Ok(numbers.chain(contacts).collect())
    }

    /// Whether this case is the officer's own business: about the own account, about one that
    /// shares a contact with it, or with the own number or contacts in what was stated.
    pub(super) async fn is_own(
        &self,
        staff: &Staff,
        case: &Case,
        member: Option<&Member>,
    ) -> Result<bool, DeskRefusal> {
        let Some(reference) = &staff.member else { return Ok(false) };
        if member.is_some_and(|member| member.reference == *reference) {
            return Ok(true);
        }
        if case.member.as_ref() == Some(reference) {
            return Ok(true);
        }
        let own_keys = self.own_keys(staff).await?;
        if case.keys.iter().flatten().any(|key| own_keys.contains(key)) {
            return Ok(true);
        }
        let (Some(member), Some(own)) = (member, self.host.accounts().member(reference).await?)
        else {
            return Ok(false);
        };
        let shared = |contact: &crate::flow::account::Contact| match &contact.value {
            ContactValue::Email(email) => own.email(email).is_some(),
            ContactValue::Phone(phone) => {
                own.phones().any(|(_, known)| known.e164() == phone.e164())
            }
        };
        Ok(member.contacts.iter().any(shared))
    }

    /// A case for an act of this person: the role allows it, the case lies on the own desk, and
    /// it is nobody's of the own.
    pub(super) async fn open(
        &self,
        staff: &Staff,
        act: Act,
        id: &CaseId,
    ) -> Result<Open, DeskRefusal> {
        if !staff.may(act) {
            return Err(DeskRefusal::NotAllowed);
        }
        let case = self.store().case(id).await?.filter(|case| staff.has(case));
        let case = case.ok_or(DeskRefusal::CaseNotFound)?;
        let mut items = Vec::new();
        for row in self.store().items(id).await? {
            let text = self.open_text(&item_binding(id, row.item), &row.sealed).await?;
            items.push((row.item, text));
        }
        let stated = Stated::read(&items)
            .ok_or_else(|| Refusal::Unavailable("a case lacks items".into()))?;
        let member = self.host.accounts().find(&stated.identifier).await?;
        let member = member.filter(|member| member.status == MemberStatus::Active);
        if self.is_own(staff, &case, member.as_ref()).await? {
            return Err(DeskRefusal::NotAllowed);
        }
        Ok(Open { case, stated, member })
    }

    /// One case.
    pub async fn view(&self, staff: &Staff, id: &CaseId) -> Result<View, DeskRefusal> {
        let Open { case, stated, member } = self.open(staff, Act::View, id).await?;
        let compared = compare(&stated, member.as_ref());
        let reachable =
            member.as_ref().map_or_else(Vec::new, |member| self.reachable(member, &stated));
        let may_change = !case.from_letter
            && member.as_ref().is_some_and(|member| !new_contacts(member, &stated).is_empty());
        let mut entries = Vec::new();
        for entry in self.store().entries(id).await? {
            let text = match &entry.text {
                Some(sealed) => Some(self.open_text(&entry_binding(id, &entry.id), sealed).await?),
                None => None,
            };
            entries.push(Shown { at: entry.at, kind: entry.kind, staff: entry.staff, text });
        }
        let course = self.store().course(id).await?;
        Ok(View { case, compared, reachable, may_change, entries, course })
    }

    /// Contacts on record that a message can be sent to.
    fn reachable(&self, member: &Member, stated: &Stated) -> Vec<Reachable> {
        let sendable = member.contacts.iter().filter(|contact| self.sends_to(&contact.value));
        sendable
            .map(|contact| {
                let (is_phone, is_stated) = match &contact.value {
                    ContactValue::Email(email) => (false, same_email(stated, email)),
                    ContactValue::Phone(phone) => (true, same_phone(stated, phone)),
                };
                Reachable { id: contact.id.clone(), is_phone, is_stated }
            })
            .collect()
    }

    /// Is there a transport for such contacts?
    pub(super) fn sends_to(&self, value: &ContactValue) -> bool {
        match value {
            ContactValue::Email(_) => true,
            ContactValue::Phone(_) => self.host.text_policy().notify_phones,
        }
    }
}

pub(super) fn same_email(stated: &Stated, email: &EmailAddress) -> bool {
    stated.email.as_ref().is_some_and(|typed| typed.normal() == email.normal())
}

pub(super) fn same_phone(stated: &Stated, phone: &Phone) -> bool {
    stated.phone.as_ref().is_some_and(|typed| typed.e164() == phone.e164())
}

/// Each stated item beside its verdict. Without a member nothing is on record.
pub fn compare(stated: &Stated, member: Option<&Member>) -> Vec<Compared> {
    let verdict = |item| {
        let Some(member) = member else { return Verdict::NotOnRecord };
        let judge = |same: bool| if same { Verdict::Match } else { Verdict::Differs };
        match item {
            Item::Name => judge(folded(stated.name.as_str()) == folded(&member.name)),
            // Accounts keep the year alone; a day that fits its year says no more than that.
            Item::BirthDate => member
                .birth_year
                .map_or(Verdict::NotOnRecord, |year| judge(year == stated.birth_date.year())),
            Item::Phone if member.phones().next().is_none() => Verdict::NotOnRecord,
            Item::Phone => judge(member.phones().any(|(_, known)| same_phone(stated, known))),
            Item::Email if member.emails().next().is_none() => Verdict::NotOnRecord,
            Item::Email => judge(member.emails().any(|(_, known)| same_email(stated, known))),
            Item::Identifier | Item::Message => Verdict::Match,
        }
    };
    let items = stated.items().into_iter().map(|(item, stated)| Compared {
        item,
        stated,
        verdict: (item != Item::Message).then(|| verdict(item)),
    });
    items.collect()
}

/// Case and spacing apart, marks count: Hùng and Hưng are two names.
fn folded(name: &str) -> String {
    let lower: String = crate::unicode::nfc(name).chars().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}
