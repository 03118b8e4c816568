//! Tickets and sessions.

use super::flow::ticket;
use super::{Fixture, Verdict, hold, read, same};
use crate::flow::account::{Accounts, MemberRef};
use crate::flow::store::{Conflict, Session, Store, Ticket, TicketState, Write};

pub(super) async fn a_ticket_is_spent_once_and_by_whom_is_on_record<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let (recovery, by) = (f.recovery(), f.id());
    let ticket = ticket(f, &recovery);
    let spend =
        |attempt| vec![Write::SpendTicket { hash: ticket.hash, attempt, at: f.t0, epoch: 3 }];
    f.apply(vec![Write::InsertRecovery(Box::new(recovery)), Write::InsertTicket(ticket.clone())])
        .await?;
    same!(read(f.store.ticket(&ticket.hash).await)?.as_ref(), Some(&ticket));
    f.apply(spend(by)).await?;
    f.refused(spend(f.id()), Conflict::TicketSpent).await?;
    f.refused(spend(by), Conflict::TicketSpent).await?;
    let state = read(f.store.ticket(&ticket.hash).await)?.map(|t| t.state);
    same!(state, Some(TicketState::Spent(by)));
    hold!(read(f.store.ticket(&f.digest()).await)?.is_none());
    Ok(())
}

pub(super) async fn a_later_ticket_voids_the_earlier_one<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.recovery();
    let (one, two) = (ticket(f, &recovery), ticket(f, &recovery));
    let grant = |ticket: &Ticket| {
        vec![
            Write::RequireOpen { recovery: ticket.recovery },
            Write::VoidTickets { recovery: ticket.recovery },
            Write::InsertTicket(ticket.clone()),
        ]
    };
    f.apply(vec![Write::InsertRecovery(Box::new(recovery.clone()))]).await?;
    same!(f.apply(grant(&one)).await?[1], 0);
    same!(f.apply(grant(&two)).await?[1], 1);
    let spend = |hash| vec![Write::SpendTicket { hash, attempt: f.id(), at: f.t0, epoch: 0 }];
    f.refused(spend(one.hash), Conflict::TicketSpent).await?;
    f.apply(spend(two.hash)).await?;
    Ok(())
}

pub(super) async fn a_recovery_has_at_most_one_live_ticket<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.recovery();
    f.apply(vec![
        Write::InsertRecovery(Box::new(recovery.clone())),
        Write::InsertTicket(ticket(f, &recovery)),
    ])
    .await?;
    f.refused(vec![Write::InsertTicket(ticket(f, &recovery))], Conflict::Duplicate).await
}

pub(super) async fn an_expired_or_outdated_ticket_is_not_spent<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let recovery = f.recovery();
    let ticket = ticket(f, &recovery);
    f.apply(vec![Write::InsertRecovery(Box::new(recovery)), Write::InsertTicket(ticket.clone())])
        .await?;
    let spend =
        |at, epoch| vec![Write::SpendTicket { hash: ticket.hash, attempt: f.id(), at, epoch }];
    f.refused(spend(ticket.expires_at, 3), Conflict::TicketSpent).await?;
    f.refused(spend(f.t0, 4), Conflict::TicketSpent).await?;
    f.apply(spend(ticket.expires_at - 1, 3)).await?;
    Ok(())
}

pub(super) async fn sessions_begin_are_used_and_end<S: Store + Accounts>(
    f: &Fixture<'_, S>,
) -> Verdict {
    let member = MemberRef(f.id().to_string());
    let session = |member: &MemberRef| Session {
        hash: f.digest(),
        member: member.clone(),
        epoch: 2,
        created_at: f.t0,
        seen_at: f.t0,
    };
    let (one, two, other) = (session(&member), session(&member), session(&f.member));
    for session in [&one, &two, &other] {
        f.apply(vec![Write::InsertSession(session.clone())]).await?;
    }
    f.apply(vec![Write::TouchSession { hash: one.hash, at: f.t0 + 9 }]).await?;
    let found = read(f.store.session(&one.hash).await)?;
    same!(found, Some(Session { seen_at: f.t0 + 9, ..one.clone() }));
    same!(f.apply(vec![Write::DeleteSession { hash: two.hash }]).await?, [1]);
    same!(f.apply(vec![Write::DeleteSession { hash: two.hash }]).await?, [0]);
    same!(f.apply(vec![Write::EndSessions { member }]).await?, [1]);
    hold!(read(f.store.session(&one.hash).await)?.is_none());
    hold!(read(f.store.session(&other.hash).await)?.is_some());
    Ok(())
}
