//! Letters in memory.

use super::memory::Tables;
use crate::desk::inbox::{Letter, LetterQuery, LetterState};
use crate::desk::seal::Sealed;
use crate::flow::ids::Id;
use crate::flow::store::Conflict;

fn with_text((letter, text): &(Letter, Option<Sealed>)) -> Letter {
    Letter { text: text.clone(), ..letter.clone() }
}

impl Tables {
    pub(super) fn insert_letter(&mut self, letter: Letter, text: Sealed) -> Result<i64, Conflict> {
        if self.desk.letters.contains_key(&letter.id) {
            return Err(Conflict::Duplicate);
        }
        self.desk.letters.insert(letter.id, (letter, Some(text)));
        Ok(0)
    }

    pub(super) fn settle_letter(&mut self, letter: Letter, expect: u32) -> Result<i64, Conflict> {
        let known = self.desk.letters.get_mut(&letter.id);
        let known = known.filter(|(known, _)| known.version == expect);
        *known.ok_or(Conflict::CaseChanged)? = (letter, None);
        Ok(0)
    }

    pub(super) fn purge_letters(&mut self, received: i64, closed: i64) {
        self.desk.letters.retain(|_, (letter, _)| {
            letter.received_at >= received && letter.closed_at.is_none_or(|at| at >= closed)
        });
    }

    pub(super) fn page_of_letters(&self, query: &LetterQuery) -> Vec<Letter> {
        let place = |letter: &Letter| (letter.received_at, letter.id);
        let mut rows: Vec<Letter> = self
            .desk
            .letters
            .values()
            .map(with_text)
            .filter(|letter| letter.office == query.office && letter.state == LetterState::New)
            .filter(|letter| query.after.is_none_or(|after| place(letter) > after))
            .collect();
        rows.sort_by_key(place);
        rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        rows
    }

    pub(super) fn letter_with_text(&self, id: &Id) -> Option<Letter> {
        self.desk.letters.get(id).map(with_text)
    }

    pub(super) fn text_of_letter(&self, id: &Id) -> Option<Sealed> {
        self.desk.letters.get(id)?.1.clone()
    }
}
