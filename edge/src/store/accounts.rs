//! The account store in the same D1. Every look-up runs the same three statements, whether
//! there is such a member or not.

use super::{
    D1, results_of,
    rows::{MemberRow, Row},
    sql::Sql,
};
use recovery::{
    email::EmailAddress,
    flow::{
        account::{
            Accounts, Contact, ContactValue, Credential, CredentialState, Member, MemberRef,
            MemberStatus,
        },
        store::StoreError,
    },
    identifier::Identifier,
    phone::Phone,
};

impl D1 {
    async fn load(&self, queries: [Sql; 3]) -> Result<Option<Member>, StoreError> {
        let results = self.batch(&queries).await?;
        let [members, identifiers, contacts] = results.as_slice() else {
            return Err(StoreError::Unavailable("a batch gave too few answers".to_owned()));
        };
        let Some(row) = results_of::<MemberRow>(members)?.into_iter().next() else {
            return Ok(None);
        };
        let identifiers = results_of::<Row>(identifiers)?
            .iter()
            .filter_map(|row| Identifier::parse(row.text()).ok())
            .collect();
        let (mut current, mut former) = (Vec::new(), Vec::new());
        for row in results_of::<Row>(contacts)? {
            let list = if row.n.is_some() { &mut former } else { &mut current };
            list.extend(contact(row));
        }
        let state = match row.password_state.as_str() {
            "active" => CredentialState::Active,
            _ => CredentialState::ToBeRecovered,
        };
        let status = match row.status.as_str() {
            "active" => MemberStatus::Active,
            _ => MemberStatus::Closed,
        };
        Ok(Some(Member {
            reference: MemberRef(row.reference),
            name: row.name,
            birth_year: row.birth_year,
            identifiers,
            status,
            contacts: current,
            former,
            contacts_changed_at: row.contacts_changed_at,
            credential: Credential { hash: row.password_hash, state },
        }))
    }
}

/// An address on record that is none keeps nobody from using the others.
fn contact(row: Row) -> Option<Contact> {
    let (kind, value) = (row.b?, row.c?);
    let value = match kind.as_str() {
        "email" => ContactValue::Email(EmailAddress::parse(&value).ok()?),
        "phone" => ContactValue::Phone(Phone::parse(&value).ok()?),
        _ => return None,
    };
    Some(Contact { id: row.a?, value })
}

impl Accounts for D1 {
    async fn find(&self, identifier: &Identifier) -> Result<Option<Member>, StoreError> {
        self.load([
            Sql::new(
                "SELECT member.* FROM member_identifier JOIN member ON reference = member \
                 WHERE identifier = ?1",
            )
            .text(identifier.normal()),
            Sql::new(
                "SELECT identifier AS a FROM member_identifier WHERE member = \
                 (SELECT member FROM member_identifier WHERE identifier = ?1) \
                 ORDER BY length(identifier), identifier",
            )
            .text(identifier.normal()),
            Sql::new(
                "SELECT id AS a, kind AS b, value AS c, former_at AS n FROM member_contact WHERE member = \
                 (SELECT member FROM member_identifier WHERE identifier = ?1) ORDER BY id",
            )
            .text(identifier.normal()),
        ])
        .await
    }

    async fn member(&self, reference: &MemberRef) -> Result<Option<Member>, StoreError> {
        self.load([
            Sql::new("SELECT * FROM member WHERE reference = ?1").text(&reference.0),
            Sql::new(
                "SELECT identifier AS a FROM member_identifier WHERE member = ?1 \
                 ORDER BY length(identifier), identifier",
            )
            .text(&reference.0),
            Sql::new("SELECT id AS a, kind AS b, value AS c, former_at AS n FROM member_contact WHERE member = ?1 ORDER BY id")
                .text(&reference.0),
        ])
        .await
    }
}
