//! Recoveries, members, passwords, disowning, retention.

use super::{Fixture, Verdict, hold, read, same};
use crate::flow::account::{Accounts, CredentialState, MemberRef};
use crate::flow::store::{
    Conflict, OutboxState, Purge, RecoveryState, Session, Store, Ticket, TicketState, Write,
};
use crate::identifier::Identifier;

pub(super) async fn a_recovery_is_read_back_as_it_was_written<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.recovery();
    let row = f.row(&recovery);
    f.apply(vec![
        Write::InsertRecovery(Box::new(recovery.clone())),
        Write::InsertOutbox(Box::new(row.clone())),
    ])
    .await?;
    same!(read(f.store.recovery(&recovery.id).await)?.as_ref(), Some(&recovery));
    same!(read(f.store.outbox(&row.id).await)?.as_ref(), Some(&row));
    same!(read(f.store.recovery(&f.id()).await)?, None);
    same!(read(f.store.outbox(&f.id()).await)?, None);
    Ok(())
}

pub(super) async fn a_refused_batch_leaves_nothing_behind<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (recovery, nonce) = (f.recovery(), f.id().to_string());
    let spend = || Write::SpendCaptcha { nonce: nonce.clone(), expires_at: f.t0 };
    f.apply(vec![spend()]).await?;
    let batch = vec![Write::InsertRecovery(Box::new(recovery.clone())), spend()];
    f.refused(batch, Conflict::CaptchaSpent).await?;
    same!(read(f.store.recovery(&recovery.id).await)?, None);
    Ok(())
}

pub(super) async fn a_repeated_id_is_a_duplicate<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.recovery();
    let row = f.row(&recovery);
    let insert = || vec![Write::InsertRecovery(Box::new(recovery.clone()))];
    f.apply(insert()).await?;
    f.refused(insert(), Conflict::Duplicate).await?;
    let insert = || vec![Write::InsertOutbox(Box::new(row.clone()))];
    f.apply(insert()).await?;
    f.refused(insert(), Conflict::Duplicate).await
}

pub(super) async fn members_are_found_by_number_and_by_name_and_strangers_are_not<
    S: Store + Accounts,
>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let found = read(f.store.find(&f.identifier).await)?;
    let named = read(f.store.member(&f.member).await)?;
    same!(found.as_ref().map(|m| &m.reference), Some(&f.member));
    same!(named.map(|m| m.identifiers), found.map(|m| m.identifiers));
    let Ok(stranger) = Identifier::parse("8123456789") else { return Err("identifier".into()) };
    hold!(read(f.store.find(&stranger).await)?.is_none());
    hold!(read(f.store.member(&MemberRef(f.id().to_string())).await)?.is_none());
    Ok(())
}

pub(super) async fn a_new_password_is_on_record_and_opens_the_account<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.id();
    let set = |hash: &str| Write::SetPassword {
        member: f.member.clone(),
        hash: hash.into(),
        recovery,
        at: f.t0,
    };
    f.apply(vec![set("phc-1")]).await?;
    f.apply(vec![set("phc-2")]).await?;
    let credential = read(f.store.member(&f.member).await)?.map(|m| m.credential);
    same!(credential.as_ref().and_then(|c| c.hash.as_deref()), Some("phc-2"));
    same!(credential.map(|c| c.state), Some(CredentialState::Active));
    Ok(())
}

pub(super) async fn setting_a_password_voids_everything_else_of_the_member<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (one, two, mut other) = (f.recovery(), f.recovery(), f.recovery());
    other.member = MemberRef(f.id().to_string());
    let tickets = [ticket(f, &one), ticket(f, &two), ticket(f, &other)];
    let mut batch = Vec::new();
    for (recovery, ticket) in [&one, &two, &other].into_iter().zip(&tickets) {
        batch.push(Write::InsertRecovery(Box::new(recovery.clone())));
        batch.push(Write::InsertTicket(ticket.clone()));
    }
    f.apply(batch).await?;
    f.apply(vec![
        Write::SpendTicket { hash: tickets[0].hash, attempt: f.id(), at: f.t0, epoch: 0 },
        Write::VoidMember { member: f.member.clone(), except: one.id },
        Write::CompleteRecovery { recovery: one.id, at: f.t0 },
    ])
    .await?;
    for (recovery, state) in [
        (&one, RecoveryState::Completed),
        (&two, RecoveryState::Voided),
        (&other, RecoveryState::Open),
    ] {
        same!(read(f.store.recovery(&recovery.id).await)?.map(|r| r.state), Some(state));
    }
    let state = |t: Option<Ticket>| t.map(|t| t.state);
    hold!(matches!(
        state(read(f.store.ticket(&tickets[0].hash).await)?),
        Some(TicketState::Spent(_))
    ));
    same!(state(read(f.store.ticket(&tickets[1].hash).await)?), Some(TicketState::Voided));
    same!(state(read(f.store.ticket(&tickets[2].hash).await)?), Some(TicketState::Live));
    f.refused(vec![Write::RequireOpen { recovery: two.id }], Conflict::RecoveryClosed).await
}

pub(super) async fn disowning_an_open_recovery_voids_it_and_its_ticket_only<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (one, later) = (f.recovery(), f.recovery());
    let ticket = ticket(f, &one);
    f.apply(vec![
        Write::InsertRecovery(Box::new(one.clone())),
        Write::InsertRecovery(Box::new(later.clone())),
        Write::InsertTicket(ticket.clone()),
    ])
    .await?;
    same!(f.apply(vec![Write::DisownOpen { recovery: one.id }]).await?, [1]);
    same!(f.apply(vec![Write::DisownOpen { recovery: one.id }]).await?, [0]);
    let state = read(f.store.recovery(&one.id).await)?.map(|r| r.state);
    same!(state, Some(RecoveryState::Disowned));
    let state = read(f.store.recovery(&later.id).await)?.map(|r| r.state);
    same!(state, Some(RecoveryState::Open));
    let spend = Write::SpendTicket { hash: ticket.hash, attempt: f.id(), at: f.t0, epoch: 0 };
    f.refused(vec![spend], Conflict::TicketSpent).await
}

pub(super) async fn disowning_a_completed_recovery_shuts_the_password_it_set_and_no_later_one<
    S: Store + Accounts,
>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (earlier, current) = (f.id(), f.id());
    let session = Session {
        hash: f.digest(),
        member: f.member.clone(),
        epoch: 0,
        created_at: f.t0,
        seen_at: f.t0,
    };
    let set = |recovery| Write::SetPassword {
        member: f.member.clone(),
        hash: "phc".into(),
        recovery,
        at: f.t0,
    };
    f.apply(vec![set(earlier), set(current), Write::InsertSession(session.clone())]).await?;
    let disown = |recovery| vec![Write::DisownCompleted { member: f.member.clone(), recovery }];

    same!(f.apply(disown(earlier)).await?, [0]);
    hold!(read(f.store.session(&session.hash).await)?.is_some());
    same!(f.apply(disown(current)).await?, [1]);
    hold!(read(f.store.session(&session.hash).await)?.is_none());
    let state = read(f.store.member(&f.member).await)?.map(|m| m.credential.state);
    same!(state, Some(CredentialState::ToBeRecovered));

    f.apply(vec![set(f.id())]).await?;
    let state = read(f.store.member(&f.member).await)?.map(|m| m.credential.state);
    same!(state, Some(CredentialState::Active));
    Ok(())
}

pub(super) async fn recent_recoveries_come_newest_first<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let member = MemberRef(f.id().to_string());
    let mut ids = Vec::new();
    for age in [3, 1, 2] {
        let mut recovery = f.recovery();
        recovery.member = member.clone();
        recovery.created_at -= age;
        ids.push(recovery.id);
        f.apply(vec![Write::InsertRecovery(Box::new(recovery))]).await?;
    }
    let recent = read(f.store.recent(&member, 2).await)?;
    same!(recent.iter().map(|r| r.id).collect::<Vec<_>>(), [ids[1], ids[2]]);
    Ok(())
}

pub(super) async fn retention_removes_what_is_old_and_keeps_the_rest<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (mut old, new) = (f.recovery(), f.recovery());
    old.created_at -= 500_000;
    let (mut gone, kept) = (f.row(&old), f.row(&new));
    (gone.created_at, gone.state) = (old.created_at, OutboxState::Sent);
    let (old_ticket, new_ticket) =
        (Ticket { expires_at: f.t0 - 1, ..ticket(f, &old) }, ticket(f, &new));
    f.apply(vec![
        Write::InsertRecovery(Box::new(old.clone())),
        Write::InsertRecovery(Box::new(new.clone())),
        Write::InsertOutbox(Box::new(gone.clone())),
        Write::InsertOutbox(Box::new(kept.clone())),
        Write::InsertTicket(old_ticket.clone()),
        Write::InsertTicket(new_ticket.clone()),
    ])
    .await?;
    let purge = Purge {
        now: f.t0,
        before: f.t0 - 400_000,
        counters_before: f.t0 - 86_400,
        idle_before: f.t0 - 900,
    };
    f.apply(vec![Write::Purge(purge)]).await?;
    hold!(read(f.store.recovery(&old.id).await)?.is_none());
    hold!(read(f.store.outbox(&gone.id).await)?.is_none());
    hold!(read(f.store.ticket(&old_ticket.hash).await)?.is_none());
    hold!(read(f.store.recovery(&new.id).await)?.is_some());
    hold!(read(f.store.outbox(&kept.id).await)?.is_some());
    hold!(read(f.store.ticket(&new_ticket.hash).await)?.is_some());
    Ok(())
}

pub(super) fn ticket<S: Store + Accounts>(
    f: &Fixture<'_, S>,
    recovery: &crate::flow::store::Recovery,
) -> Ticket {
    Ticket {
        hash: crate::flow::keys::hash(&f.secret()),
        recovery: recovery.id,
        member: recovery.member.clone(),
        epoch: recovery.epoch,
        expires_at: f.t0 + 900,
        state: TicketState::Live,
    }
}
