//! What figures ask of a store. Every rule compares with what was there before, for figures
//! are about everything.

use super::{Fixture, Verdict, hold, read, same};
use crate::desk::figures::period::{Days, Span};
use crate::desk::figures::store::{Counted, FigureStore, Limit};
use crate::desk::figures::times::{STEPS, Times, step_of};
use crate::desk::names::OfficeId;
use crate::desk::store::{DeskAudit, DeskWrite};
use crate::flow::account::Accounts;
use crate::flow::store::{
    AuditEvent, Channel, Conflict, OutboxRow, OutboxState, Recovery, StoreError, Write,
};
use crate::flow::text_policy::{day_begins, vietnam_day};
use crate::flow::text_store::{TextAnswer, TextNote, TextStore, TextWrite};

/// Runs all of it: each rule's name and verdict.
pub async fn run_figures<S: FigureStore + TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Vec<(&'static str, Verdict)> {
    macro_rules! rules {
        ($($rule:ident),* $(,)?) => {
            vec![$((stringify!($rule), $rule(f).await)),*]
        };
    }
    rules![
        an_act_counts_on_its_day_in_vietnam_on_its_channel_at_its_office,
        a_recovery_counts_once_by_how_long_it_took,
        every_step_of_the_durations_is_the_rules_own,
        limits_are_counted_by_day,
        the_queue_of_each_office_is_counted_and_asked_for_places,
        a_message_that_was_given_up_is_revived_once,
        a_text_that_did_not_arrive_came_back,
    ]
}

impl<S: FigureStore + Accounts> Fixture<'_, S> {
    fn today(&self) -> Days {
        let day = vietnam_day(self.t0);
        Days { first: day, last: day }
    }

    async fn counted(
        &self,
        days: Days,
        channel: Channel,
        office: Option<&OfficeId>,
        what: Counted,
    ) -> Result<u64, String> {
        let tallies = read(self.store.tallies(days).await)?;
        let own = tallies.iter().filter(|tally| {
            tally.channel == channel && tally.office.as_ref() == office && tally.what == what
        });
        Ok(own.map(|tally| tally.count).sum())
    }

    async fn times(&self, days: Days, channel: Channel) -> Result<Times, String> {
        let mut times = Times::default();
        for row in read(self.store.lasted(days).await)? {
            if row.channel == channel {
                times.merge(&row.times);
            }
        }
        Ok(times)
    }

    async fn limit(&self, limit: Limit) -> Result<u64, String> {
        let limits = read(self.store.limits(self.today()).await)?;
        Ok(limits.iter().find(|(known, _)| *known == limit).map_or(0, |(_, count)| *count))
    }

    /// A message in this state.
    async fn letter(&self, state: OutboxState) -> Result<OutboxRow, String> {
        let recovery = self.recovery();
        let row = self.row(&recovery);
        let settle =
            Write::SettleOutbox { id: row.id, state, due_at: self.t0, unknowns: 2, at: self.t0 };
        self.apply(vec![
            Write::InsertRecovery(Box::new(recovery)),
            Write::InsertOutbox(Box::new(row.clone())),
            settle,
        ])
        .await?;
        Ok(row)
    }
}

fn event(at: i64, act: &'static str, recovery: &Recovery) -> AuditEvent {
    AuditEvent { at, act, channel: recovery.channel, recovery: Some(recovery.id) }
}

async fn an_act_counts_on_its_day_in_vietnam_on_its_channel_at_its_office<
    S: FigureStore + Accounts,
>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (office, recovery) = (f.office()?, f.recovery());
    let days = f.today();
    let before = f.counted(days, Channel::Email, None, Counted::Asked).await?;
    let first = day_begins(days.first);
    f.apply(vec![
        Write::Audit(event(first - 1, "recovery-requested", &recovery)),
        Write::Audit(event(first, "recovery-requested", &recovery)),
        Write::Audit(event(days.ends() - 1, "recovery-requested", &recovery)),
        Write::Audit(event(days.ends(), "recovery-requested", &recovery)),
        Write::Audit(event(first, "recovery-resent", &recovery)),
    ])
    .await?;
    same!(f.counted(days, Channel::Email, None, Counted::Asked).await?, before + 2);

    let case = f.case(&office);
    let line = |act| {
        DeskWrite::Audit(DeskAudit {
            event: AuditEvent { at: f.t0, act, channel: Channel::Desk, recovery: None },
            case: Some(case.id),
            staff: None,
            office: office.clone(),
        })
    };
    f.insert(&case).await?;
    let acts = ["case-opened", "case-approved", "case-change-done", "case-rejected-no-answer"];
    f.desk(acts.into_iter().chain(["case-withdrawn", "case-noted"]).map(line).collect()).await?;
    for (what, expected) in [
        (Counted::Asked, 1),
        (Counted::Approved, 2),
        (Counted::Rejected, 1),
        (Counted::Withdrawn, 1),
        (Counted::Disputed, 0),
    ] {
        same!(f.counted(days, Channel::Desk, Some(&office), what).await?, expected);
    }
    Ok(())
}

async fn a_recovery_counts_once_by_how_long_it_took<S: FigureStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let days = f.today();
    let before = f.times(days, Channel::Email).await?;
    let recovery = f.recovery();
    let insert = Write::InsertRecovery(Box::new(recovery.clone()));
    let set = Write::Audit(event(f.t0 + 100, "password-set", &recovery));
    f.apply(vec![insert, set]).await?;
    let mut expected = before;
    expected.add(step_of(100), 1);
    same!(f.times(days, Channel::Email).await?, expected);

    // The desk's begin with the case, and count at its office.
    let office = f.office()?;
    let mut case = f.case(&office);
    let recovery = Recovery { channel: Channel::Desk, ..f.recovery() };
    (case.opened_at, case.recovery) = (f.t0 - 90_000, Some(recovery.id));
    f.insert(&case).await?;
    let insert = Write::InsertRecovery(Box::new(recovery.clone()));
    let set = Write::Audit(event(f.t0, "password-set", &recovery));
    f.apply(vec![insert, set]).await?;
    let rows = read(f.store.lasted(days).await)?;
    let own = rows.iter().find(|row| row.office.as_ref() == Some(&office));
    let mut expected = Times::default();
    expected.add(step_of(90_000), 1);
    same!(own.map(|row| row.times), Some(expected));
    same!(f.counted(days, Channel::Desk, Some(&office), Counted::Recovered).await?, 1);
    Ok(())
}

async fn every_step_of_the_durations_is_the_rules_own<S: FigureStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    // A day that nothing else counts on.
    let at = f.t0 - 700 * 86_400;
    let day = Days { first: vietnam_day(at), last: vietnam_day(at) };
    let mut expected = f.times(day, Channel::Sms).await?;
    let mut batch = Vec::new();
    let edges = STEPS.iter().flat_map(|upto| [*upto, upto + 1]).chain([0, 1]);
    for took in edges {
        let recovery = Recovery { channel: Channel::Sms, created_at: at - took, ..f.recovery() };
        batch.push(Write::InsertRecovery(Box::new(recovery.clone())));
        batch.push(Write::Audit(event(at, "password-set", &recovery)));
        expected.add(step_of(took), 1);
    }
    f.apply(batch).await?;
    same!(f.times(day, Channel::Sms).await?, expected);
    Ok(())
}

async fn limits_are_counted_by_day<S: FigureStore + TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let today = f.today().first;
    let before = f.limit(Limit::Requests).await?;
    for day in [today, today, today + 1] {
        let more = [(Limit::Requests, 2), (Limit::SignIns, 1)];
        read(f.store.count_limits(&more, day).await)?;
    }
    same!(f.limit(Limit::Requests).await?, before + 4);
    read(f.store.count_limits(&[], today).await)?;

    let before = f.limit(Limit::Compared).await?;
    let key = f.digest();
    for place in [1, 0, 0] {
        let compare = Write::TakeCompare { id: f.id(), key, at: f.t0, cap: 1 };
        same!(f.apply(vec![compare]).await?, [place]);
    }
    same!(f.limit(Limit::Compared).await?, before + 2);

    let before = f.limit(Limit::Texts).await?;
    for answer in [TextAnswer::TooMany, TextAnswer::Usage] {
        let note =
            TextNote { key: f.digest(), fingerprint: f.digest(), answer, recovery: None, at: f.t0 };
        read(f.store.apply_with_texts(vec![TextWrite::NoteText(note)], Vec::new()).await)?;
    }
    same!(f.limit(Limit::Texts).await?, before + 1);

    let before = f.limit(Limit::Dropped).await?;
    f.letter(OutboxState::Dropped).await?;
    f.letter(OutboxState::Sent).await?;
    same!(f.limit(Limit::Dropped).await?, before + 1);
    Ok(())
}

async fn the_queue_of_each_office_is_counted_and_asked_for_places<S: FigureStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (office, empty) = (f.office()?, f.office()?);
    for age in [30, 10, 20] {
        let mut case = f.case(&office);
        case.opened_at -= age;
        f.insert(&case).await?;
    }
    for case in [f.case(&office), f.case(&empty)] {
        let mut case = case;
        (case.opened_at, case.ended_at) = (f.t0 - 99, Some(f.t0));
        f.insert(&case).await?;
    }
    let queues = read(f.store.queues().await)?;
    let own = queues.iter().find(|queue| queue.office == office);
    same!(own.map(|queue| (queue.count, queue.oldest)), Some((3, f.t0 - 30)));
    hold!(!queues.iter().any(|queue| queue.office == empty));
    hold!(queues.is_sorted_by_key(|queue| queue.office.as_str().to_owned()));
    let places: Vec<_> = [1, 2, 3, 4].map(|place| (office.clone(), place)).into();
    let found = read(f.store.opened_at(&places).await)?;
    same!(found, [f.t0 - 30, f.t0 - 20, f.t0 - 10, 0]);
    same!(read(f.store.opened_at(&[]).await)?, Vec::<i64>::new());
    Ok(())
}

async fn a_message_that_was_given_up_is_revived_once<S: FigureStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (before, _) = read(f.store.dead_letters(1).await)?;
    let (dead, sent) = (f.letter(OutboxState::Dead).await?, f.letter(OutboxState::Sent).await?);
    let unknown = f.letter(OutboxState::Unknown).await?;
    let (count, newest) = read(f.store.dead_letters(1_000).await)?;
    same!(count, before + 2);
    hold!(newest.iter().any(|letter| letter.row.id == dead.id && letter.resent_at.is_none()));
    hold!(!newest.iter().any(|letter| letter.row.id == sent.id));
    let Some(letter) = read(f.store.letter(&dead.id).await)? else { return Err("letter".into()) };
    same!(letter.settled_at, Some(f.t0));
    same!(letter.recovery.map(|recovery| recovery.id), Some(dead.recovery));
    same!(read(f.store.letter(&f.id()).await)?, None);

    let revive = |id| vec![DeskWrite::ReviveMessage { id, at: f.t0 + 5 }];
    let gone = Err(StoreError::Conflict(Conflict::MessageRevived));
    for id in [sent.id, f.id()] {
        same!(f.store.apply_desk(revive(id), Vec::new()).await, gone);
    }
    for row in [&dead, &unknown] {
        f.desk(revive(row.id)).await?;
        let Some(letter) = read(f.store.letter(&row.id).await)? else { return Err("gone".into()) };
        same!((letter.row.state, letter.row.due_at), (OutboxState::Pending, f.t0 + 5));
        same!((letter.row.attempts, letter.row.unknowns), (0, 1));
        same!((letter.settled_at, letter.resent_at), (None, Some(f.t0 + 5)));
        hold!(read(f.store.due(f.t0 + 5, 1_000).await)?.contains(&row.id));
        same!(f.store.apply_desk(revive(row.id), Vec::new()).await, gone);
        // Given up again: never a second time.
        let (id, state) = (row.id, OutboxState::Dead);
        let settle = Write::SettleOutbox { id, state, due_at: f.t0, unknowns: 1, at: f.t0 + 9 };
        f.apply(vec![settle]).await?;
        same!(f.store.apply_desk(revive(id), Vec::new()).await, gone);
    }
    Ok(())
}

async fn a_text_that_did_not_arrive_came_back<S: FigureStore + TextStore + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let days = Span::Week.until(f.t0);
    let undelivered = async || {
        let (kinds, newest) = read(f.store.bounces(days, 1_000).await)?;
        let count = kinds.iter().find(|(kind, _)| kind == "undelivered").map_or(0, |one| one.1);
        Ok::<_, String>((count, newest))
    };
    let (before, _) = undelivered().await?;
    let row = f.letter(OutboxState::Sent).await?;
    for (outbox, delivered) in [(row.id, false), (f.id(), true)] {
        let note = TextWrite::NoteReceipt { outbox, delivered, at: f.t0 };
        read(f.store.apply_with_texts(vec![note], Vec::new()).await)?;
    }
    let (count, newest) = undelivered().await?;
    same!(count, before + 1);
    let own = newest
        .iter()
        .find(|event| event.contact == Some((row.member.clone(), row.contact.clone())));
    same!(own.map(|event| (event.at, event.kind.as_str())), Some((f.t0, "undelivered")));
    Ok(())
}
