//! What the desk asks of a store.

use super::{Fixture, Verdict, hold, read, same};
use crate::desk::audit::{AuditLink, Checkpoint};
use crate::desk::case::{Case, CaseState, Entry, EntryKind, SealedItem};
use crate::desk::names::{CaseNumber, OfficeId, StaffId};
use crate::desk::seal::Sealed;
use crate::desk::stated::Item;
use crate::desk::store::{DeskAudit, DeskStore, DeskWrite, QueueOrder, QueueQuery, Which};
use crate::email::EmailAddress;
use crate::flow::account::{Accounts, Contact, ContactValue};
use crate::flow::store::{AuditEvent, Channel, Conflict, StoreError, Write};
use crate::locale::Locale;

/// Runs all of it: each rule's name and verdict. The member gets new contacts.
pub async fn run_desk<S: DeskStore + Accounts>(f: &Fixture<'_, S>) -> Vec<(&'static str, Verdict)> {
    macro_rules! rules {
        ($($rule:ident),* $(,)?) => {
            vec![$((stringify!($rule), $rule(f).await)),*]
        };
    }
    rules![
        a_case_is_read_back_as_it_was_written,
        a_case_changes_only_from_the_version_that_was_seen,
        a_repeated_case_number_is_a_duplicate,
        entries_come_oldest_first_with_what_was_sealed,
        the_queue_is_filtered_ordered_and_paged,
        cases_whose_cooling_off_is_over_come_oldest_first,
        replaced_contacts_become_former_ones,
        the_audit_is_numbered_without_gaps_and_linked_once,
        a_checkpoint_is_mailed_once_and_not_too_often,
        ended_and_idle_cases_go_with_all_that_belongs_to_them,
    ]
}

impl<S: DeskStore + Accounts> Fixture<'_, S> {
    pub(super) fn office(&self) -> Result<OfficeId, String> {
        OfficeId::parse(&format!("thu-{}", self.id())).ok_or_else(|| "office".into())
    }

    pub(super) fn case(&self, office: &OfficeId) -> Case {
        Case {
            id: self.id(),
            number: CaseNumber::draw(self.bytes()),
            office: office.clone(),
            locale: Locale::En,
            state: CaseState::Received,
            version: 1,
            opened_at: self.t0,
            changed_at: self.t0,
            ended_at: None,
            kid: "k1".into(),
            salt: self.bytes(),
            lookup: self.digest(),
            keys: [Some(self.digest()), None, Some(self.digest())],
            assignee: None,
            first: None,
            member: None,
            recovery: None,
            changes_contacts: false,
            cooling_until: None,
            disputed_at: None,
            from_letter: false,
        }
    }

    pub(super) fn sealed(&self) -> Sealed {
        Sealed { kid: "k1".into(), nonce: self.bytes(), body: self.bytes::<40>().to_vec() }
    }

    pub(super) async fn insert(&self, case: &Case) -> Verdict {
        let items = vec![SealedItem { item: Item::Name, sealed: self.sealed() }];
        self.desk(vec![DeskWrite::InsertCase { case: Box::new(case.clone()), items }]).await?;
        Ok(())
    }

    pub(super) async fn desk(&self, writes: Vec<DeskWrite>) -> Result<Vec<i64>, String> {
        read(self.store.apply_desk(writes, Vec::new()).await)
    }
}

async fn a_case_is_read_back_as_it_was_written<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let mut case = f.case(&f.office()?);
    let items = vec![
        SealedItem { item: Item::Name, sealed: f.sealed() },
        SealedItem { item: Item::Message, sealed: f.sealed() },
    ];
    f.desk(vec![DeskWrite::InsertCase { case: Box::new(case.clone()), items: items.clone() }])
        .await?;
    same!(read(f.store.case(&case.id).await)?.as_ref(), Some(&case));
    same!(read(f.store.case_by_number(&case.number).await)?.as_ref(), Some(&case));
    let mut found = read(f.store.items(&case.id).await)?;
    found.sort_by_key(|row| row.item);
    same!(found, items);
    same!(read(f.store.case(&f.id()).await)?, None);

    case.state = CaseState::CoolingOff;
    (case.version, case.changed_at) = (2, f.t0 + 5);
    case.assignee = Some(StaffId("s1".into()));
    case.first = Some(StaffId("s2".into()));
    case.member = Some(f.member.clone());
    case.recovery = Some(f.id());
    case.changes_contacts = true;
    (case.cooling_until, case.disputed_at) = (Some(f.t0 + 9), Some(f.t0 + 8));
    case.ended_at = Some(f.t0 + 7);
    case.office = f.office()?;
    f.desk(vec![DeskWrite::UpdateCase { case: Box::new(case.clone()), expect: 1 }]).await?;
    same!(read(f.store.case(&case.id).await)?.as_ref(), Some(&case));
    let Some(recovery) = case.recovery else { return Err("recovery".into()) };
    same!(read(f.store.case_of(&recovery).await)?.as_ref(), Some(&case));
    same!(read(f.store.case_of(&f.id()).await)?, None);
    Ok(())
}

async fn a_case_changes_only_from_the_version_that_was_seen<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let mut case = f.case(&f.office()?);
    f.insert(&case).await?;
    let (before, nonce) = (case.clone(), f.id().to_string());
    case.version = 3;
    let update = DeskWrite::UpdateCase { case: Box::new(case.clone()), expect: 2 };
    let spend = Write::SpendCaptcha { nonce: nonce.clone(), expires_at: f.t0 };
    let answer = f.store.apply_desk(vec![update], vec![spend.clone()]).await;
    same!(answer, Err(StoreError::Conflict(Conflict::CaseChanged)));
    same!(read(f.store.case(&case.id).await)?, Some(before));
    // Nothing of the refused batch is there.
    f.apply(vec![spend]).await?;

    case.version = 2;
    let update = || vec![DeskWrite::UpdateCase { case: Box::new(case.clone()), expect: 1 }];
    f.desk(update()).await?;
    let again = f.store.apply_desk(update(), Vec::new()).await;
    same!(again, Err(StoreError::Conflict(Conflict::CaseChanged)));
    Ok(())
}

async fn a_repeated_case_number_is_a_duplicate<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let case = f.case(&f.office()?);
    f.insert(&case).await?;
    let twin = Case { id: f.id(), ..case };
    let write = DeskWrite::InsertCase { case: Box::new(twin.clone()), items: Vec::new() };
    let answer = f.store.apply_desk(vec![write], Vec::new()).await;
    same!(answer, Err(StoreError::Conflict(Conflict::Duplicate)));
    same!(read(f.store.case(&twin.id).await)?, None);
    Ok(())
}

async fn entries_come_oldest_first_with_what_was_sealed<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let case = f.case(&f.office()?);
    f.insert(&case).await?;
    let entry = |age, kind, staff: Option<&str>, text| Entry {
        id: f.id(),
        case: case.id,
        at: f.t0 - age,
        kind,
        staff: staff.map(|id| StaffId(id.into())),
        text,
    };
    let newer = entry(1, EntryKind::InPerson, Some("s1"), None);
    let older = entry(2, EntryKind::CitizenMessage, None, Some(f.sealed()));
    f.desk(vec![DeskWrite::InsertEntry(newer.clone()), DeskWrite::InsertEntry(older.clone())])
        .await?;
    same!(read(f.store.entries(&case.id).await)?, [older.clone(), newer]);
    let again = f.store.apply_desk(vec![DeskWrite::InsertEntry(older)], Vec::new()).await;
    same!(again, Err(StoreError::Conflict(Conflict::Duplicate)));
    Ok(())
}

async fn the_queue_is_filtered_ordered_and_paged<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let office = f.office()?;
    let mut cases = Vec::new();
    for age in [40, 30, 20, 10] {
        let mut case = f.case(&office);
        case.opened_at -= age;
        cases.push(case);
    }
    cases[1].assignee = Some(StaffId("s1".into()));
    cases[1].state = CaseState::InReview;
    (cases[2].state, cases[2].ended_at) = (CaseState::Rejected, Some(f.t0));
    for case in &cases {
        f.insert(case).await?;
    }
    f.insert(&f.case(&f.office()?)).await?;
    let all = QueueQuery {
        office,
        which: Which::Open,
        assignee: None,
        number: None,
        key: None,
        hidden: Vec::new(),
        order: QueueOrder::OldestFirst,
        after: None,
        limit: 50,
    };
    let after = Some((cases[0].opened_at, cases[0].id));
    let any = QueueQuery { which: Which::Any, ..all.clone() };
    for (query, expected) in [
        (all.clone(), vec![0, 1, 3]),
        (QueueQuery { order: QueueOrder::NewestFirst, ..all.clone() }, vec![3, 1, 0]),
        (QueueQuery { limit: 2, ..all.clone() }, vec![0, 1]),
        (QueueQuery { after, ..all.clone() }, vec![1, 3]),
        (QueueQuery { after, order: QueueOrder::NewestFirst, ..all.clone() }, vec![]),
        (any.clone(), vec![0, 1, 2, 3]),
        (QueueQuery { which: Which::In(CaseState::Rejected), ..all.clone() }, vec![2]),
        (QueueQuery { which: Which::In(CaseState::Waiting), ..all.clone() }, vec![]),
        (QueueQuery { assignee: cases[1].assignee.clone(), ..all.clone() }, vec![1]),
        (QueueQuery { number: Some(cases[2].number), ..any.clone() }, vec![2]),
        (QueueQuery { number: Some(cases[2].number), ..all.clone() }, vec![]),
        (QueueQuery { key: cases[3].keys[0], ..any.clone() }, vec![3]),
        (QueueQuery { key: cases[3].keys[2], ..any.clone() }, vec![3]),
        (
            QueueQuery {
                hidden: cases[0].keys[2].into_iter().chain(cases[3].keys[0]).collect(),
                ..all.clone()
            },
            vec![1],
        ),
    ] {
        let found = read(f.store.queue(&query).await)?;
        let expected: Vec<_> = expected.iter().map(|place: &usize| cases[*place].id).collect();
        same!(found.iter().map(|case| case.id).collect::<Vec<_>>(), expected);
    }
    let counts = read(f.store.counts(&any.office).await)?;
    let received = counts.iter().find(|row| row.state == CaseState::Received);
    same!(received.map(|row| (row.count, row.oldest)), Some((2, cases[0].opened_at)));
    Ok(())
}

async fn cases_whose_cooling_off_is_over_come_oldest_first<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let office = f.office()?;
    let mut ids = Vec::new();
    // Long before what other rules use, so that nothing else is over by then.
    let start = f.t0 - 900_000_000;
    for until in [3, 1, 2, 9] {
        let mut case = f.case(&office);
        case.state = CaseState::CoolingOff;
        case.first = Some(StaffId("s1".into()));
        case.cooling_until = Some(start + until);
        ids.push(case.id);
        f.insert(&case).await?;
    }
    let mut stopped = f.case(&office);
    stopped.cooling_until = Some(start);
    f.insert(&stopped).await?;
    let due = read(f.store.cooled(start + 3, 10).await)?;
    let own: Vec<_> = due.into_iter().filter(|id| ids.contains(id)).collect();
    same!(own, [ids[1], ids[2], ids[0]]);
    hold!(!read(f.store.cooled(start + 3, 10).await)?.contains(&stopped.id));
    // Out of the way of the next run.
    for id in ids {
        let Some(mut case) = read(f.store.case(&id).await)? else { continue };
        (case.state, case.version, case.ended_at) = (CaseState::Withdrawn, 2, Some(f.t0));
        f.desk(vec![DeskWrite::UpdateCase { case: Box::new(case), expect: 1 }]).await?;
    }
    Ok(())
}

async fn replaced_contacts_become_former_ones<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let Some(before) = read(f.store.member(&f.member).await)? else { return Err("member".into()) };
    let Some(kept) = before.contacts.first().cloned() else { return Err("contacts".into()) };
    let email = EmailAddress::parse(&format!("{}@example.vn", f.id()));
    let Ok(email) = email else { return Err("email".into()) };
    let new = Contact { id: f.id().to_string(), value: ContactValue::Email(email) };
    f.desk(vec![DeskWrite::ReplaceContacts {
        member: f.member.clone(),
        keep: vec![kept.id.clone()],
        add: vec![new.clone()],
        at: f.t0,
    }])
    .await?;
    let Some(after) = read(f.store.member(&f.member).await)? else { return Err("member".into()) };
    same!(after.contacts_changed_at, Some(f.t0));
    let mut ids: Vec<_> = after.contacts.iter().map(|contact| contact.id.clone()).collect();
    ids.sort();
    let mut expected = vec![kept.id.clone(), new.id.clone()];
    expected.sort();
    same!(ids, expected);
    for gone in before.contacts.iter().filter(|contact| contact.id != kept.id) {
        hold!(after.former.contains(gone));
    }
    f.desk(vec![DeskWrite::Purge { ended: 0, idle: 0, former: f.t0 + 1, letters: 0 }]).await?;
    let Some(later) = read(f.store.member(&f.member).await)? else { return Err("member".into()) };
    hold!(later.former.is_empty());
    same!(later.contacts.len(), 2);
    Ok(())
}

async fn the_audit_is_numbered_without_gaps_and_linked_once<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let case = f.case(&f.office()?);
    let event = |act| AuditEvent { at: f.t0, act, channel: Channel::Desk, recovery: Some(f.id()) };
    let line = DeskAudit {
        event: event("case-noted"),
        case: Some(case.id),
        staff: Some(StaffId("s1".into())),
        office: case.office.clone(),
    };
    let before = read(f.store.records(0, 100_000).await)?.last().map_or(0, |record| record.seq);
    f.desk(vec![DeskWrite::Audit(line.clone())]).await?;
    f.apply(vec![Write::Audit(event("password-set"))]).await?;
    let records = read(f.store.records(before, 10).await)?;
    same!(records.iter().map(|r| r.seq).collect::<Vec<_>>(), [before + 1, before + 2]);
    same!(records[0].case, Some(case.id.to_string()));
    same!(records[0].staff.as_deref(), Some("s1"));
    same!(records[0].office, Some(case.office.to_string()));
    same!(records[0].recovery, line.event.recovery.map(|id| id.to_string()));
    same!((records[1].case.as_ref(), records[1].staff.as_ref()), (None, None));
    same!(read(f.store.records(before, 1).await)?.len(), 1);
    let later = DeskAudit { event: event("case-taken"), staff: None, ..line.clone() };
    let other = DeskAudit { case: Some(f.id()), ..line.clone() };
    f.desk(vec![DeskWrite::Audit(other), DeskWrite::Audit(later)]).await?;
    let course = read(f.store.course(&case.id).await)?;
    let acts: Vec<_> = course.iter().map(|step| (step.at, step.act.as_str())).collect();
    same!(acts, [(f.t0, "case-noted"), (f.t0, "case-taken")]);
    same!(course[0].staff, Some(StaffId("s1".into())));
    same!((course[0].role, course[0].office.as_ref()), (None, Some(&case.office)));
    same!(course[1].staff, None);

    let links: Vec<_> = records
        .iter()
        .map(|record| AuditLink { seq: record.seq, kid: "k1".into(), hash: f.digest() })
        .collect();
    let checkpoint = Checkpoint {
        upto: before + 2,
        head: links[1].hash,
        at: f.t0,
        kid: "k1".into(),
        signature: f.digest(),
    };
    let chain = || DeskWrite::Chain { links: links.clone(), checkpoint: checkpoint.clone() };
    f.desk(vec![chain()]).await?;
    same!(read(f.store.newest_link().await)?.as_ref(), links.last());
    same!(read(f.store.links(before, 10).await)?, links);
    let points = read(f.store.checkpoints(before, 10).await)?;
    same!((points.len(), points.first()), (1, Some(&checkpoint)));
    let again = f.store.apply_desk(vec![chain()], Vec::new()).await;
    same!(again, Err(StoreError::Conflict(Conflict::Duplicate)));
    Ok(())
}

async fn a_checkpoint_is_mailed_once_and_not_too_often<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let newest = read(f.store.newest_link().await)?.map_or(0, |link| link.seq);
    let add = |seq| {
        let link = AuditLink { seq, kid: "k1".into(), hash: f.digest() };
        let (head, signature) = (link.hash, f.digest());
        let checkpoint = Checkpoint { upto: seq, head, at: f.t0, kid: "k1".into(), signature };
        DeskWrite::Chain { links: vec![link], checkpoint }
    };
    let mail = |upto, at, since| vec![DeskWrite::MailCheckpoint { upto, at, since }];
    let refused = Err(StoreError::Conflict(Conflict::Duplicate));
    f.desk(vec![add(newest + 1)]).await?;
    let (at, since) = (f.t0 + 50, f.t0 + 40);
    let point = read(f.store.unmailed_checkpoint(since).await)?;
    same!(point.map(|point| point.upto), Some(newest + 1));
    f.desk(mail(newest + 1, at, since)).await?;
    same!(f.store.apply_desk(mail(newest + 1, at + 20, at + 10), Vec::new()).await, refused);
    same!(read(f.store.unmailed_checkpoint(at + 10).await)?, None);

    f.desk(vec![add(newest + 2)]).await?;
    same!(read(f.store.unmailed_checkpoint(since).await)?, None);
    same!(f.store.apply_desk(mail(newest + 2, at, since), Vec::new()).await, refused);
    let point = read(f.store.unmailed_checkpoint(at).await)?;
    same!(point.map(|point| point.upto), Some(newest + 2));
    f.desk(mail(newest + 2, at + 10, at)).await?;
    Ok(())
}

async fn ended_and_idle_cases_go_with_all_that_belongs_to_them<S: DeskStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let office = f.office()?;
    let (mut ended, mut idle, kept) = (f.case(&office), f.case(&office), f.case(&office));
    (ended.state, ended.ended_at) = (CaseState::Rejected, Some(f.t0 - 400_000));
    idle.changed_at = f.t0 - 800_000;
    for case in [&ended, &idle, &kept] {
        f.insert(case).await?;
        let entry = Entry {
            id: f.id(),
            case: case.id,
            at: f.t0,
            kind: EntryKind::Note,
            staff: None,
            text: Some(f.sealed()),
        };
        f.desk(vec![DeskWrite::InsertEntry(entry)]).await?;
    }
    let purge =
        DeskWrite::Purge { ended: f.t0 - 300_000, idle: f.t0 - 700_000, former: 0, letters: 0 };
    f.desk(vec![purge]).await?;
    for gone in [&ended.id, &idle.id] {
        same!(read(f.store.case(gone).await)?, None);
        hold!(read(f.store.items(gone).await)?.is_empty());
        hold!(read(f.store.entries(gone).await)?.is_empty());
    }
    hold!(read(f.store.case(&kept.id).await)?.is_some());
    same!(read(f.store.items(&kept.id).await)?.len(), 1);
    same!(read(f.store.entries(&kept.id).await)?.len(), 1);
    Ok(())
}
