//! What officers get to see of a case.

use recovery::{
    case_api::{DeskCase, DeskContact, DeskEntry, DeskItem, DeskRow},
    desk::{
        case::Case,
        review::{Verdict, View},
    },
};

pub(super) fn row(case: &Case) -> DeskRow {
    DeskRow {
        case: case.id.to_string(),
        case_number: case.number.to_string(),
        state: case.state.as_str().to_owned(),
        version: case.version,
        opened_at: case.opened_at,
        changed_at: case.changed_at,
        assignee: case.assignee.as_ref().map(|id| id.0.clone()),
        first: case.first.as_ref().map(|id| id.0.clone()),
        cooling_until: case.cooling_until,
        from_letter: case.from_letter,
    }
}

pub(super) fn shown(view: View) -> DeskCase {
    DeskCase {
        row: row(&view.case),
        stated: view
            .compared
            .into_iter()
            .map(|one| DeskItem {
                item: one.item.as_str().to_owned(),
                stated: one.stated,
                verdict: one.verdict.map(Verdict::as_str).map(str::to_owned),
            })
            .collect(),
        contacts: view
            .reachable
            .into_iter()
            .map(|one| DeskContact {
                id: one.id,
                kind: if one.is_phone { "phone" } else { "email" }.to_owned(),
                is_stated: one.is_stated,
            })
            .collect(),
        may_change_contacts: view.may_change,
        entries: view
            .entries
            .into_iter()
            .map(|one| DeskEntry {
                at: one.at,
                kind: one.kind.as_str().to_owned(),
                staff: one.staff.map(|id| id.0),
                text: one.text,
            })
            .collect(),
    }
}
