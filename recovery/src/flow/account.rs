//! The agency's account store: who the members are and how to reach them.

use super::store::StoreError;
use crate::email::EmailAddress;
use crate::identifier::Identifier;
use crate::phone::Phone;

/// The account store's own name for a member; never shown, never derived from
/// personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberRef(pub String);

/// May the member sign in and recover?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberStatus {
    /// Yes.
    Active,
    /// The account is closed: everything behaves as if it did not exist.
    Closed,
}

/// Where a member can be reached.
#[derive(Clone, PartialEq, Eq)]
pub enum ContactValue {
    /// A registered email address.
    Email(EmailAddress),
    /// A registered phone number.
    Phone(Phone),
}

/// One registered contact.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The account store's name for it: what an outbox row holds instead of the address.
    pub id: String,
    /// The address itself.
    pub value: ContactValue,
}

/// Without the address: it is personal data.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({})", self.id)
    }
}

/// One member as the rules need it.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name inside the account store.
    pub reference: MemberRef,
    /// Full name, for context words and the masked profile.
    pub name: String,
    /// Year of birth, for context words.
    pub birth_year: Option<u16>,
    /// Numbers on record, 10 or 12 digits: what an identifier's normal form is matched with.
    pub identifiers: Vec<Identifier>,
    /// Open or closed.
    pub status: MemberStatus,
    /// Registered contacts.
    pub contacts: Vec<Contact>,
    /// Contacts that a change at the desk replaced: notices still go there, nothing else does.
    pub former: Vec<Contact>,
    /// Unix seconds of the last change of contacts at the desk.
    pub contacts_changed_at: Option<i64>,
    /// The password on record.
    pub credential: Credential,
}

/// Seconds after a change of contacts at the desk in which they open no recovery by email or
/// text message: whoever had them changed by fraud has not won yet.
pub const CONTACTS_REST: i64 = 7 * 86_400;

impl Member {
    /// May the member's contacts open a recovery without the desk?
    pub fn helps_itself(&self, now: i64) -> bool {
        self.status == MemberStatus::Active
            && self.contacts_changed_at.is_none_or(|at| now >= at + CONTACTS_REST)
    }

    /// A contact by the account store's name for it, a former one too.
    pub fn contact(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().chain(&self.former).find(|contact| contact.id == id)
    }

    /// The registered email contact with this normal form.
    pub fn email(&self, typed: &EmailAddress) -> Option<&Contact> {
        self.contacts.iter().find(|contact| match &contact.value {
            ContactValue::Email(known) => known.normal() == typed.normal(),
            ContactValue::Phone(_) => false,
        })
    }

    /// All registered email contacts.
    pub fn emails(&self) -> impl Iterator<Item = (&Contact, &EmailAddress)> {
        self.contacts.iter().filter_map(|contact| match &contact.value {
            ContactValue::Email(email) => Some((contact, email)),
            ContactValue::Phone(_) => None,
        })
    }

    /// All registered phone contacts.
    pub fn phones(&self) -> impl Iterator<Item = (&Contact, &Phone)> {
        self.contacts.iter().filter_map(|contact| match &contact.value {
            ContactValue::Phone(phone) => Some((contact, phone)),
            ContactValue::Email(_) => None,
        })
    }
}

/// What stands behind a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The Argon2id hash in PHC form; `None` where no password was ever set.
    pub hash: Option<String>,
    /// Does it open the account?
    pub state: CredentialState,
}

/// Does a password open the account?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialState {
    /// Yes.
    Active,
    /// No: its owner said "this was not me"; only a recovery leads on.
    ToBeRecovered,
}

/// The agency's account store: D1 here; an agency's own directory is another
/// adapter. Both calls do the same work whether the member exists or not.
///
/// Writes to accounts travel in the [`super::store::Batch`], so that a store
/// which shares the database with the accounts spends the ticket and stores the
/// hash in one transaction. An adapter to a foreign directory must apply
/// [`super::store::Write::SetPassword`] after the batch, idempotently by the
/// recovery's id, and repeat it until it is done.
#[expect(async_fn_in_trait, reason = "hosts are single-threaded; no caller needs Send bounds")]
pub trait Accounts {
    /// The member with this number on record, closed ones too.
    async fn find(&self, identifier: &Identifier) -> Result<Option<Member>, StoreError>;
    /// The member of this name.
    async fn member(&self, reference: &MemberRef) -> Result<Option<Member>, StoreError>;
}
