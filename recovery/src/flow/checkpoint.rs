//! The message that takes a checkpoint of the audit to the supervisor's mailbox. It stands in the
//! outbox like all others; its row has no member and no recovery, and in the contact's place the
//! checkpoint itself ([`Checkpoint::line`]).

use super::dispatch::{Dispatched, LEASE, Mailer, Sender};
use super::store::{OutboxRow, OutboxState, Store as _, Write};
use super::{Host, Refusal, Service};
use crate::desk::audit::Checkpoint;
use crate::message;

impl<H: Host> Service<'_, H> {
    /// Sends and settles a row that is leased. Only what reads as a checkpoint is sent: whoever
    /// can write into the table writes no letters to the supervisor.
    pub(super) async fn send_checkpoint<M: Mailer>(
        &self,
        row: &OutboxRow,
        sender: &Sender,
        mailer: &M,
    ) -> Result<Dispatched, Refusal> {
        let Some(to) = &sender.supervisor else {
            return self.settle(row, OutboxState::Dropped).await;
        };
        let point = Checkpoint::find(&row.contact).pop();
        let Some(point) = point.filter(|point| point.line() == row.contact) else {
            return self.settle(row, OutboxState::Dead).await;
        };
        let marked = Write::MarkSending { id: row.id, until: self.now() + LEASE };
        if self.store().apply(vec![marked]).await? != [1] {
            return Ok(Dispatched::Skipped);
        }
        let letter = message::checkpoint(&point, &sender.service, sender.demonstration);
        let outcome = mailer.send(&row.id, to, &letter).await;
        self.after(row, outcome, mailer.honours_idempotency_key(), 0).await
    }
}
