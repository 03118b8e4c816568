//! The outbox: leases, settling, what is due.

use super::{Fixture, Verdict, hold, read, same};
use crate::flow::account::Accounts;
use crate::flow::ids::Id;
use crate::flow::store::{OutboxRow, OutboxState, Store, Write};

async fn written<S: Store + Accounts>(f: &Fixture<'_, S>) -> Result<OutboxRow, String> {
    let recovery = f.recovery();
    let row = f.row(&recovery);
    f.apply(vec![
        Write::InsertRecovery(Box::new(recovery)),
        Write::InsertOutbox(Box::new(row.clone())),
    ])
    .await?;
    Ok(row)
}

async fn lease<S: Store + Accounts>(f: &Fixture<'_, S>, id: Id, at: i64) -> Result<bool, String> {
    Ok(f.apply(vec![Write::LeaseOutbox { id, at, until: at + 60 }]).await? == [1])
}

pub(super) async fn a_row_is_leased_by_one<S: Store + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    let row = written(f).await?;
    hold!(!lease(f, row.id, f.t0 - 1).await?);
    hold!(lease(f, row.id, f.t0).await?);
    hold!(!lease(f, row.id, f.t0).await?);
    hold!(!lease(f, row.id, f.t0 + 59).await?);
    hold!(!lease(f, f.id(), f.t0).await?);
    let held = read(f.store.outbox(&row.id).await)?;
    let expected =
        OutboxRow { state: OutboxState::Leased, lease_until: f.t0 + 60, attempts: 1, ..row };
    same!(held, Some(expected));
    Ok(())
}

pub(super) async fn a_lease_that_ran_out_can_be_taken_again<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let row = written(f).await?;
    hold!(lease(f, row.id, f.t0).await?);
    hold!(lease(f, row.id, f.t0 + 60).await?);
    let held = read(f.store.outbox(&row.id).await)?;
    same!(held.map(|r| (r.attempts, r.unknowns)), Some((2, 0)));
    Ok(())
}

pub(super) async fn a_row_lost_while_sending_counts_as_unknown<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let row = written(f).await?;
    let mark = |until| vec![Write::MarkSending { id: row.id, until }];
    same!(f.apply(mark(f.t0 + 60)).await?, [0]);
    hold!(lease(f, row.id, f.t0).await?);
    same!(f.apply(mark(f.t0 + 70)).await?, [1]);
    same!(f.apply(mark(f.t0 + 70)).await?, [0]);
    hold!(!lease(f, row.id, f.t0 + 69).await?);
    hold!(lease(f, row.id, f.t0 + 70).await?);
    let held = read(f.store.outbox(&row.id).await)?;
    same!(held.map(|r| (r.attempts, r.unknowns)), Some((2, 1)));
    Ok(())
}

pub(super) async fn a_settled_row_is_never_due<S: Store + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    let row = written(f).await?;
    let settle = |state, due_at| {
        vec![Write::SettleOutbox { id: row.id, state, due_at, unknowns: 1, at: f.t0 }]
    };
    hold!(lease(f, row.id, f.t0).await?);
    f.apply(settle(OutboxState::Pending, f.t0 + 5)).await?;
    hold!(!lease(f, row.id, f.t0 + 4).await?);
    hold!(lease(f, row.id, f.t0 + 5).await?);
    for state in [
        OutboxState::Discarded,
        OutboxState::Dropped,
        OutboxState::TooLate,
        OutboxState::Unknown,
        OutboxState::Dead,
        OutboxState::Sent,
    ] {
        f.apply(settle(state, f.t0)).await?;
        hold!(!lease(f, row.id, f.t0 + 9_999).await?);
        let found = read(f.store.outbox(&row.id).await)?;
        same!(found.map(|r| (r.state, r.unknowns)), Some((state, 1)));
    }
    Ok(())
}

pub(super) async fn what_was_sent_stays_sent<S: Store + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    let row = written(f).await?;
    let prove = || vec![Write::ProveSent { id: row.id, at: f.t0 }];
    let settle = |state, unknowns| {
        vec![Write::SettleOutbox { id: row.id, state, due_at: f.t0, unknowns, at: f.t0 }]
    };
    let state = async || Ok::<_, String>(read(f.store.outbox(&row.id).await)?.map(|r| r.state));
    // Nobody has sent it yet: what says so is about something else.
    f.apply(prove()).await?;
    same!(state().await?, Some(OutboxState::Pending));
    hold!(lease(f, row.id, f.t0).await?);
    f.apply(prove()).await?;
    same!(state().await?, Some(OutboxState::Leased));
    for (before, unknowns) in [(OutboxState::Pending, 1), (OutboxState::Unknown, 2)] {
        f.apply(settle(before, unknowns)).await?;
        same!(state().await?, Some(before));
    }
    f.apply(prove()).await?;
    same!(state().await?, Some(OutboxState::Sent));
    for late in [OutboxState::Pending, OutboxState::Unknown, OutboxState::Dead] {
        f.apply(settle(late, 3)).await?;
        same!(state().await?, Some(OutboxState::Sent));
    }
    hold!(!lease(f, row.id, f.t0 + 9_999).await?);

    let row = written(f).await?;
    hold!(lease(f, row.id, f.t0).await?);
    same!(f.apply(vec![Write::MarkSending { id: row.id, until: f.t0 + 60 }]).await?, [1]);
    f.apply(vec![Write::ProveSent { id: row.id, at: f.t0 }]).await?;
    same!(read(f.store.outbox(&row.id).await)?.map(|r| r.state), Some(OutboxState::Sent));
    // One that was given up for another reason is not.
    let row = written(f).await?;
    for state in [OutboxState::Dropped, OutboxState::TooLate, OutboxState::Dead] {
        let settle = Write::SettleOutbox { id: row.id, state, due_at: 0, unknowns: 1, at: f.t0 };
        f.apply(vec![settle, Write::ProveSent { id: row.id, at: f.t0 }]).await?;
        same!(read(f.store.outbox(&row.id).await)?.map(|r| r.state), Some(state));
    }
    Ok(())
}

pub(super) async fn due_rows_come_oldest_first<S: Store + Accounts>(f: &Fixture<'_, S>) -> Verdict {
    // Earlier than every other row of this run.
    let base = f.t0 - 900_000;
    let recovery = f.recovery();
    let mut ids = Vec::new();
    f.apply(vec![Write::InsertRecovery(Box::new(recovery.clone()))]).await?;
    for due_at in [base + 2, base, base + 1, base + 9] {
        let row = OutboxRow { due_at, created_at: base, ..f.row(&recovery) };
        ids.push(row.id);
        f.apply(vec![Write::InsertOutbox(Box::new(row))]).await?;
    }
    let ours = |due: Vec<Id>| due.into_iter().filter(|id| ids.contains(id)).collect::<Vec<_>>();
    same!(ours(read(f.store.due(base + 5, 50).await)?), [ids[1], ids[2], ids[0]]);
    same!(read(f.store.due(base + 5, 2).await)?.len(), 2);
    for id in &ids {
        f.apply(vec![Write::SettleOutbox {
            id: *id,
            state: OutboxState::Sent,
            due_at: base,
            unknowns: 0,
            at: base,
        }])
        .await?;
    }
    hold!(ours(read(f.store.due(base + 99, 50).await)?).is_empty());
    Ok(())
}
