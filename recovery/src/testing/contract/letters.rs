//! What letters ask of a store.

use super::{Fixture, Verdict, hold, read, same};
use crate::desk::inbox::{Letter, LetterQuery, LetterState};
use crate::desk::names::{OfficeId, StaffId};
use crate::desk::store::{DeskStore, DeskWrite};
use crate::flow::account::Accounts;
use crate::flow::store::{Conflict, StoreError, Write};

/// Runs all of it: each rule's name and verdict.
pub async fn run_letters<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Vec<(&'static str, Verdict)> {
    macro_rules! rules {
        ($($rule:ident),* $(,)?) => {
            vec![$((stringify!($rule), $rule(f).await)),*]
        };
    }
    rules![
        a_letter_is_read_back_with_what_was_sealed,
        a_letter_is_decided_about_once_and_nothing_of_it_is_kept,
        letters_come_oldest_first_and_page_by_page,
        a_letter_is_kept_together_with_its_counts_or_not_at_all,
        letters_go_when_their_time_is_over,
        a_case_that_came_from_a_letter_says_so,
    ]
}

impl<S: DeskStore + Accounts> Fixture<'_, S> {
    fn inbox_letter(&self, office: &OfficeId, age: i64) -> Letter {
        Letter {
            id: self.id(),
            office: office.clone(),
            state: LetterState::New,
            version: 1,
            received_at: self.t0 - age,
            closed_at: None,
            attachments: 2,
            more: true,
            cut: true,
            staff: None,
            text: None,
        }
    }

    async fn keep(&self, letter: &Letter) -> Verdict {
        let letter = Box::new(letter.clone());
        self.desk(vec![DeskWrite::InsertLetter { letter, text: self.sealed() }]).await.map(drop)
    }

    fn settled(&self, letter: &Letter) -> Letter {
        Letter {
            state: LetterState::Discarded,
            version: letter.version + 1,
            closed_at: Some(self.t0 + 3),
            staff: Some(StaffId("s1".into())),
            ..letter.clone()
        }
    }
}

async fn a_letter_is_read_back_with_what_was_sealed<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let letter = f.inbox_letter(&f.office()?, 0);
    let text = f.sealed();
    let insert =
        || DeskWrite::InsertLetter { letter: Box::new(letter.clone()), text: text.clone() };
    f.desk(vec![insert()]).await?;
    let letter = Letter { text: Some(text.clone()), ..letter.clone() };
    same!(read(f.store.inbox_letter(&letter.id).await)?.as_ref(), Some(&letter));
    same!(read(f.store.letter_text(&letter.id).await)?, Some(text.clone()));
    same!(read(f.store.inbox_letter(&f.id()).await)?, None);
    same!(read(f.store.letter_text(&f.id()).await)?, None);
    let again = f.store.apply_desk(vec![insert()], Vec::new()).await;
    same!(again, Err(StoreError::Conflict(Conflict::Duplicate)));
    Ok(())
}

async fn a_letter_is_decided_about_once_and_nothing_of_it_is_kept<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let office = f.office()?;
    let letter = f.inbox_letter(&office, 0);
    f.keep(&letter).await?;
    let settled = f.settled(&letter);
    let settle = |expect| DeskWrite::SettleLetter { letter: Box::new(settled.clone()), expect };
    // Nothing of a refused batch is there.
    let case = f.case(&office);
    let insert = DeskWrite::InsertCase { case: Box::new(case.clone()), items: Vec::new() };
    let wrong = f.store.apply_desk(vec![insert, settle(7)], Vec::new()).await;
    same!(wrong, Err(StoreError::Conflict(Conflict::CaseChanged)));
    same!(read(f.store.case(&case.id).await)?, None);
    let found = read(f.store.inbox_letter(&letter.id).await)?;
    same!(found.map(|found| Letter { text: None, ..found }), Some(letter.clone()));

    f.desk(vec![settle(1)]).await?;
    same!(read(f.store.inbox_letter(&letter.id).await)?.as_ref(), Some(&settled));
    same!(read(f.store.letter_text(&letter.id).await)?, None);
    let again = f.store.apply_desk(vec![settle(1)], Vec::new()).await;
    same!(again, Err(StoreError::Conflict(Conflict::CaseChanged)));
    Ok(())
}

async fn letters_come_oldest_first_and_page_by_page<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let office = f.office()?;
    let letters: Vec<_> = [10, 40, 20, 30].map(|age| f.inbox_letter(&office, age)).into();
    for letter in &letters {
        f.keep(letter).await?;
    }
    f.keep(&f.inbox_letter(&f.office()?, 25)).await?;
    let settled = f.settled(&letters[3]);
    f.desk(vec![DeskWrite::SettleLetter { letter: Box::new(settled), expect: 1 }]).await?;
    let ids = async |after, limit| {
        let query = LetterQuery { office: office.clone(), after, limit };
        let found = read(f.store.inbox_letters(&query).await)?;
        // A list shows what each begins with.
        for letter in &found {
            hold!(letter.text.is_some());
            same!(read(f.store.letter_text(&letter.id).await)?, letter.text);
        }
        Ok::<_, String>(found.into_iter().map(|letter| letter.id).collect::<Vec<_>>())
    };
    same!(ids(None, 50).await?, [letters[1].id, letters[2].id, letters[0].id]);
    same!(ids(None, 1).await?, [letters[1].id]);
    let first = Some((letters[1].received_at, letters[1].id));
    same!(ids(first, 50).await?, [letters[2].id, letters[0].id]);
    Ok(())
}

async fn a_letter_is_kept_together_with_its_counts_or_not_at_all<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let office = f.office()?;
    let key = f.digest();
    let count = || Write::CountDispatch { key, identifier: key, at: f.t0, hour: 0, day: 1 };
    let insert = |letter: &Letter| DeskWrite::InsertLetter {
        letter: Box::new(letter.clone()),
        text: f.sealed(),
    };
    let (first, second) = (f.inbox_letter(&office, 0), f.inbox_letter(&office, 0));
    read(f.store.apply_desk(vec![insert(&first)], vec![count()]).await)?;
    let refused = f.store.apply_desk(vec![insert(&second)], vec![count()]).await;
    same!(refused, Err(StoreError::Conflict(Conflict::DispatchLimit)));
    hold!(read(f.store.inbox_letter(&first.id).await)?.is_some());
    same!(read(f.store.inbox_letter(&second.id).await)?, None);
    Ok(())
}

async fn letters_go_when_their_time_is_over<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let office = f.office()?;
    let (old, closed, kept) = (
        f.inbox_letter(&office, 500_000),
        f.inbox_letter(&office, 10),
        f.inbox_letter(&office, 10),
    );
    for letter in [&old, &closed, &kept] {
        f.keep(letter).await?;
    }
    let settled = Letter { closed_at: Some(f.t0 - 400_000), ..f.settled(&closed) };
    f.desk(vec![DeskWrite::SettleLetter { letter: Box::new(settled), expect: 1 }]).await?;
    let purge =
        DeskWrite::Purge { ended: f.t0 - 300_000, idle: 0, former: 0, letters: f.t0 - 450_000 };
    f.desk(vec![purge]).await?;
    same!(read(f.store.inbox_letter(&old.id).await)?, None);
    same!(read(f.store.inbox_letter(&closed.id).await)?, None);
    hold!(read(f.store.inbox_letter(&kept.id).await)?.is_some());
    Ok(())
}

async fn a_case_that_came_from_a_letter_says_so<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let mut case = f.case(&f.office()?);
    case.from_letter = true;
    f.insert(&case).await?;
    // What a case came from does not change.
    case.version = 2;
    let update = Box::new(crate::desk::case::Case { from_letter: false, ..case.clone() });
    f.desk(vec![DeskWrite::UpdateCase { case: update, expect: 1 }]).await?;
    same!(read(f.store.case(&case.id).await)?, Some(case));
    Ok(())
}
