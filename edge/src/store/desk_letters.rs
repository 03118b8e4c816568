//! Letters in D1: their statements and rows.

use recovery::{
    desk::{
        inbox::{Letter, LetterQuery, LetterState},
        names::{OfficeId, StaffId},
        seal::Sealed,
    },
    flow::{ids::Id, store::StoreError},
};

use super::{
    D1,
    desk::sealed,
    desk_writes,
    rows::Row,
    sql::{Gives, Sql},
};

/// A letter in the columns of every such row: one code reads all.
macro_rules! letters {
    ($rest:literal) => {
        concat!(
            "SELECT id AS a, office AS b, state || ' ' || version || ' ' || attachments || ' ' || \
             cut || ' ' || coalesce(staff, '') AS c, received_at AS n, closed_at AS m, \
             kid || ' ' || nonce || ' ' || body AS d FROM desk_letter WHERE ",
            $rest
        )
    };
}

fn letter(row: Row) -> Option<Letter> {
    let rest = row.c?;
    let mut parts = rest.splitn(5, ' ');
    let state = LetterState::from_tag(parts.next()?)?;
    let mut number = || parts.next()?.parse().ok();
    let (version, attachments, cut): (i32, i32, i32) = (number()?, number()?, number()?);
    let text = row.d.and_then(|text| {
        let mut parts = text.splitn(3, ' ');
        sealed(parts.next()?.to_owned(), parts.next()?, parts.next()?)
    });
    Some(Letter {
        id: Id::parse(&row.a?)?,
        office: OfficeId::parse(&row.b?)?,
        state,
        version: version.unsigned_abs(),
        received_at: row.n?,
        closed_at: row.m,
        attachments: attachments.max(!attachments).unsigned_abs(),
        more: attachments < 0,
        cut: cut != 0,
        staff: parts.next().filter(|staff| !staff.is_empty()).map(|id| StaffId(id.to_owned())),
        text,
    })
}

impl D1 {
    pub(super) async fn letter_by(&self, id: &Id) -> Result<Option<Letter>, StoreError> {
        let sql = Sql::new(letters!("id = ?1")).show(id);
        Ok(self.all(sql, "desk_letter", letter).await?.pop())
    }

    pub(super) async fn text_of_letter(&self, id: &Id) -> Result<Option<Sealed>, StoreError> {
        Ok(self.letter_by(id).await?.and_then(|letter| letter.text))
    }

    pub(super) async fn page_of_letters(
        &self,
        query: &LetterQuery,
    ) -> Result<Vec<Letter>, StoreError> {
        let sql = Sql::new(letters!(
            "office = ?1 AND state = 'new' AND (received_at, id) > (?2, ?3) \
             ORDER BY received_at, id LIMIT ?4"
        ));
        let (at, id) = query.after.map_or((-1, String::new()), |(at, id)| (at, id.to_string()));
        let sql = sql.text(query.office.as_str()).int(at).text(&id).int(i64::from(query.limit));
        self.all(sql, "desk_letter", letter).await
    }
}

/// Attachments as a number; where there may be more, all of its bits are turned.
fn counted(letter: &Letter) -> i64 {
    let count = i64::from(letter.attachments);
    if letter.more { !count } else { count }
}

pub(super) fn insert(letter: &Letter, text: &Sealed) -> Sql {
    let sql = Sql::new(
        "INSERT INTO desk_letter (id, office, state, version, received_at, closed_at, \
         attachments, cut, staff, kid, nonce, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )
    .show(letter.id)
    .text(letter.office.as_str())
    .text(letter.state.as_str())
    .int(i64::from(letter.version))
    .int(letter.received_at)
    .bind(desk_writes::int(letter.closed_at))
    .int(counted(letter))
    .int(i64::from(letter.cut))
    .bind(desk_writes::staff(letter.staff.as_ref()));
    desk_writes::sealed(sql, Some(text))
}

pub(super) fn settle(letter: &Letter, expect: u32) -> Sql {
    Sql::new(
        "UPDATE desk_letter SET state = ?2, version = ?3, closed_at = ?4, staff = ?5, \
         kid = NULL, nonce = NULL, body = NULL WHERE id = ?1 AND version = ?6",
    )
    .show(letter.id)
    .text(letter.state.as_str())
    .int(i64::from(letter.version))
    .bind(desk_writes::int(letter.closed_at))
    .bind(desk_writes::staff(letter.staff.as_ref()))
    .int(i64::from(expect))
}

pub(super) fn purge(received: i64, closed: i64) -> Sql {
    Sql::new("DELETE FROM desk_letter WHERE received_at < ?1 OR closed_at < ?2")
        .int(received)
        .int(closed)
        .gives(Gives::Changes)
}
