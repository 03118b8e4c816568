//! The contract of [`Store`] and [`Accounts`]: one suite for the in-memory store
//! and for D1. Failures are values, not panics, so that a Worker can report them.

mod counters;
mod desk;
mod figures;
mod flow;
mod letters;
mod outbox;
mod texts;
mod tickets;

use super::host::TestRandom;
use crate::flow::Random as _;
use crate::flow::account::{Accounts, MemberRef};
use crate::flow::ids::{Digest32, Id, Secret};
use crate::flow::store::{
    Batch, Channel, Conflict, OutboxRow, OutboxState, Recovery, RecoveryState, Store, StoreError,
};
use crate::identifier::Identifier;
use crate::locale::Locale;
use crate::message::Template;

pub use desk::run_desk;
pub use figures::run_figures;
pub use letters::run_letters;
pub use texts::run_texts;

/// Why a rule of the contract does not hold.
pub type Verdict = Result<(), String>;

/// Checks a condition; says where it failed.
macro_rules! hold {
    ($condition:expr) => {
        if !$condition {
            return Err(format!("{}:{}: {}", file!(), line!(), stringify!($condition)));
        }
    };
}
/// Checks that two values are equal; shows both.
macro_rules! same {
    ($left:expr, $right:expr) => {
        match (&$left, &$right) {
            (left, right) if left == right => {}
            (left, right) => {
                return Err(format!("{}:{}: {left:?} is not {right:?}", file!(), line!()));
            }
        }
    };
}
use {hold, same};

/// A store under test and what its tests start from.
pub struct Fixture<'a, S> {
    store: &'a S,
    random: TestRandom,
    /// The start of this run's time: far from what other runs used.
    t0: i64,
    member: MemberRef,
    identifier: Identifier,
}

impl<'a, S: Store + Accounts> Fixture<'a, S> {
    /// Over a store in which this active member is on record under the identifier. A
    /// new seed for each run keeps runs on one database apart.
    pub fn new(store: &'a S, seed: u64, member: MemberRef, identifier: Identifier) -> Self {
        let t0 = 1_900_000_000 + i64::try_from(seed % 1_000).unwrap_or(0) * 1_000_000;
        Self { store, random: TestRandom::new(seed), t0, member, identifier }
    }

    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    fn id(&self) -> Id {
        Id::new(self.bytes())
    }

    fn digest(&self) -> Digest32 {
        Digest32::new(self.bytes())
    }

    fn secret(&self) -> Secret {
        Secret::new(self.bytes())
    }

    fn recovery(&self) -> Recovery {
        Recovery {
            id: self.id(),
            channel: Channel::Email,
            member: self.member.clone(),
            contact: "contact".into(),
            decoy: false,
            kid: "k1".into(),
            salt: self.bytes(),
            epoch: 3,
            code: self.digest(),
            link: self.digest(),
            disown: self.digest(),
            dispatch_key: self.digest(),
            identifier_key: self.digest(),
            compare_key: self.digest(),
            locale: Locale::En,
            created_at: self.t0,
            code_expires_at: self.t0 + 600,
            link_expires_at: self.t0 + 700,
            disown_expires_at: self.t0 + 800,
            tries: 0,
            state: RecoveryState::Open,
        }
    }

    fn row(&self, recovery: &Recovery) -> OutboxRow {
        OutboxRow {
            id: self.id(),
            template: Template::RecoveryCode,
            recovery: recovery.id,
            member: recovery.member.clone(),
            contact: recovery.contact.clone(),
            decoy: false,
            locale: Locale::Vi,
            created_at: self.t0,
            not_after: Some(self.t0 + 480),
            due_at: self.t0,
            lease_until: 0,
            attempts: 0,
            unknowns: 0,
            state: OutboxState::Pending,
        }
    }

    /// Applies a batch; the text of a failure is the verdict.
    async fn apply(&self, batch: Batch) -> Result<Vec<i64>, String> {
        self.store.apply(batch).await.map_err(|error| format!("{error:?}"))
    }

    /// Applies a batch that must be refused with this conflict.
    async fn refused(&self, batch: Batch, with: Conflict) -> Verdict {
        let answer = self.store.apply(batch).await;
        same!(answer, Err(StoreError::Conflict(with)));
        Ok(())
    }
}

/// Reads or fails with the text of the error.
fn read<T>(answer: Result<T, StoreError>) -> Result<T, String> {
    answer.map_err(|error| format!("{error:?}"))
}

/// Runs all of it: each rule's name and verdict.
pub async fn run<S: Store + Accounts>(fixture: &Fixture<'_, S>) -> Vec<(&'static str, Verdict)> {
    macro_rules! rules {
        ($($module:ident::$rule:ident),* $(,)?) => {
            vec![$((stringify!($rule), $module::$rule(fixture).await)),*]
        };
    }
    rules![
        flow::a_recovery_is_read_back_as_it_was_written,
        flow::a_refused_batch_leaves_nothing_behind,
        flow::a_repeated_id_is_a_duplicate,
        flow::members_are_found_by_number_and_by_name_and_strangers_are_not,
        flow::a_new_password_is_on_record_and_opens_the_account,
        flow::setting_a_password_voids_everything_else_of_the_member,
        flow::disowning_an_open_recovery_voids_it_and_its_ticket_only,
        flow::disowning_a_completed_recovery_shuts_the_password_it_set_and_no_later_one,
        flow::recent_recoveries_come_newest_first,
        flow::retention_removes_what_is_old_and_keeps_the_rest,
        counters::a_captcha_is_spent_once,
        counters::dispatches_are_limited_by_hour_and_by_day,
        counters::a_limit_of_zero_is_no_limit,
        counters::tries_end_at_their_cap_and_with_the_code,
        counters::comparisons_over_the_cap_are_not_noted,
        counters::a_right_code_gives_back_its_try_and_its_comparison,
        counters::sign_ins_are_limited_by_pair_and_counted_by_identifier,
        counters::a_destination_is_counted_once_per_message,
        tickets::a_ticket_is_spent_once_and_by_whom_is_on_record,
        tickets::a_later_ticket_voids_the_earlier_one,
        tickets::a_recovery_has_at_most_one_live_ticket,
        tickets::an_expired_or_outdated_ticket_is_not_spent,
        tickets::sessions_begin_are_used_and_end,
        outbox::a_row_is_leased_by_one,
        outbox::a_lease_that_ran_out_can_be_taken_again,
        outbox::a_row_lost_while_sending_counts_as_unknown,
        outbox::a_settled_row_is_never_due,
        outbox::what_was_sent_stays_sent,
        outbox::due_rows_come_oldest_first,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::memory::{MemoryStore, synthetic_member};

    #[tokio::test]
    async fn the_in_memory_store_keeps_the_contract() {
        let store = MemoryStore::default();
        let member = synthetic_member(1);
        store.with(|t| t.members.insert(member.reference.clone(), member.clone()));
        let fixture =
            Fixture::new(&store, 1, member.reference.clone(), member.identifiers[0].clone());
        let mut verdicts = run(&fixture).await;
        verdicts.extend(run_texts(&fixture).await);
        verdicts.extend(run_desk(&fixture).await);
        verdicts.extend(run_figures(&fixture).await);
        verdicts.extend(run_letters(&fixture).await);
        let failed: Vec<_> = verdicts.into_iter().filter(|(_, v)| v.is_err()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
    }
}
