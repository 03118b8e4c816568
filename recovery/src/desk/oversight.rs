//! The schedule's work at the desk, and the audit's verification.

use super::audit::{self, AuditLink, Finding, Report};
use super::names::CaseId;
use super::seal::item_binding;
use super::staff::{Act, Staff};
use super::stated::Stated;
use super::store::{DeskStore as _, DeskWrite};
use super::{Desk, DeskHost, DeskRefusal};
use crate::flow::account::MemberRef;
use crate::flow::ids::Id;
use crate::flow::store::{Conflict, OutboxRow, OutboxState, StoreError, Write};
use crate::locale::Locale;
use crate::message::Template;

/// Records linked in one batch.
const STRETCH: u32 = 200;

/// What a run of the chaining job did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chained {
    /// Records linked.
    pub linked: u64,
    /// The newest checkpoint, for a second place.
    pub checkpoint: Option<audit::Checkpoint>,
}

impl<H: DeskHost> Desk<'_, H> {
    /// Links what is not linked yet, up to `most` batches. Where another writer is at work, it
    /// leaves it to that one.
    pub async fn chain_audit(&self, most: u32) -> Result<Chained, DeskRefusal> {
        let mut done = Chained::default();
        let mut newest: Option<AuditLink> = self.store().newest_link().await?;
        for _ in 0..most {
            let above = newest.as_ref().map_or(0, |link| link.seq);
            let records = self.store().records(above, STRETCH).await?;
            let made = audit::chain(self.host.keys(), newest.as_ref(), &records, self.now());
            let Some((links, checkpoint)) = made else { break };
            newest = links.last().cloned();
            let count = links.len();
            let write = DeskWrite::Chain { links, checkpoint: checkpoint.clone() };
            match self.store().apply_desk(vec![write], Vec::new()).await {
                Ok(_) => {}
                Err(StoreError::Conflict(Conflict::Duplicate)) => break,
                Err(other) => return Err(other.into()),
            }
            done.linked += u64::try_from(count).unwrap_or(0);
            done.checkpoint = Some(checkpoint);
        }
        Ok(done)
    }

    /// The newest checkpoint into the outbox, for the supervisor's mailbox: at most once in `every`
    /// seconds, and only where the audit has moved since. Gives the message.
    pub async fn mail_checkpoint(&self, every: i64) -> Result<Option<Id>, DeskRefusal> {
        let (at, since) = (self.now(), self.now() - every);
        let Some(point) = self.store().unmailed_checkpoint(since).await? else { return Ok(None) };
        let row = OutboxRow {
            id: self.new_id(),
            template: Template::AuditCheckpoint,
            // Nobody's: the row names neither a recovery nor a member.
            recovery: self.new_id(),
            member: MemberRef(String::new()),
            contact: point.line(),
            decoy: false,
            locale: Locale::Vi,
            created_at: at,
            not_after: None,
            due_at: at,
            lease_until: 0,
            attempts: 0,
            unknowns: 0,
            state: OutboxState::Pending,
        };
        let id = row.id;
        let mail = DeskWrite::MailCheckpoint { upto: point.upto, at, since };
        let batch = vec![Write::InsertOutbox(Box::new(row))];
        match self.store().apply_desk(vec![mail], batch).await {
            Ok(_) => Ok(Some(id)),
            // Another run was first.
            Err(StoreError::Conflict(Conflict::Duplicate)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// A supervisor has the whole audit verified, at most `most` records of it.
    pub async fn verify_audit(&self, staff: &Staff, most: u32) -> Result<Report, DeskRefusal> {
        if !staff.may(Act::Audit) {
            return Err(DeskRefusal::NotAllowed);
        }
        let records = self.store().records(0, most).await?;
        let links = self.store().links(0, most).await?;
        let points = self.store().checkpoints(0, most).await?;
        let mut report = audit::verify(self.host.keys(), &records, &links, &points);
        // What lies beyond the stretch that was read is not missing.
        let read = i64::from(most);
        if records.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
            let beyond = records.last().map_or(read, |record| record.seq);
            report
                .findings
                .retain(|finding| !matches!(finding, Finding::Removed { seq } if *seq > beyond));
        }
        Ok(report)
    }

    /// The retention job: cases with all that belongs to them. Gives the rows removed.
    pub async fn purge_cases(&self) -> Result<i64, DeskRefusal> {
        let (now, policy) = (self.now(), self.policy());
        let purge = DeskWrite::Purge {
            ended: now - policy.keep_ended,
            idle: now - policy.keep_idle,
            former: now - policy.keep_ended,
            letters: now - policy.letters.keep,
        };
        let values = self.store().apply_desk(vec![purge], Vec::new()).await?;
        Ok(values.first().copied().unwrap_or(0))
    }

    /// What was stated in a case.
    pub(super) async fn stated(&self, id: &CaseId) -> Result<Option<Stated>, DeskRefusal> {
        let mut items = Vec::new();
        for row in self.store().items(id).await? {
            let text = self.open_text(&item_binding(id, row.item), &row.sealed).await?;
            items.push((row.item, text));
        }
        Ok(Stated::read(&items))
    }
}
