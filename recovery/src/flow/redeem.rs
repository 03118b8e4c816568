//! Two keys to one recovery: the typed code and the link; both lead to a ticket.

use super::ids::{LinkToken, RecoveryId, Secret};
use super::keys::{Purpose, hash};
use super::store::{
    Conflict, Recovery, RecoveryState, Store as _, StoreError, Ticket, TicketState, Write,
};
use super::{Host, Refusal, Service};
use crate::code::Code;

/// What `attempts_left` says where `LIMIT_CODE_RECOVERY` is switched off.
const UNCOUNTED: u32 = 999;

/// The right to set a password once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// 256 bits.
    pub ticket: Secret,
    /// Seconds until it expires.
    pub expires_in: i64,
}

impl<H: Host> Service<'_, H> {
    /// `POST /recoveries/{recovery}/code`.
    ///
    /// The try is taken first, in a batch of its own, and with it a place among the
    /// member's comparisons of the day. Without a place the code is not compared
    /// and the answer is that of a wrong code (design: the cap is silent).
    pub async fn redeem_code(&self, id: &RecoveryId, code: &Code) -> Result<Granted, Refusal> {
        let now = self.now();
        let policy = self.policy();
        let recovery = self.store().recovery(id).await?.ok_or(Refusal::RecoveryClosed)?;
        if !self.code_open(&recovery, now) {
            return Err(Refusal::RecoveryClosed);
        }
        let compare = self.new_id();
        let taken = self
            .store()
            .apply(vec![
                Write::TakeTry { recovery: *id, at: now, cap: policy.code_recovery },
                Write::TakeCompare {
                    id: compare,
                    key: recovery.compare_key,
                    at: now,
                    cap: policy.code_member_day,
                },
            ])
            .await
            .map_err(closed)?;
        let tries = taken.first().copied().and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX);
        let may_compare = taken.get(1) == Some(&1);

        // Computed in any case: the work does not tell whether it counted.
        let typed = self.host.keys().verifier(
            &recovery.kid,
            &recovery.salt,
            Purpose::Code,
            code.canonical().as_bytes(),
        );
        let right = typed == Some(recovery.code) && !recovery.decoy;
        if !(may_compare && right) {
            let attempts_left = match policy.code_recovery {
                0 => UNCOUNTED,
                cap => cap.saturating_sub(tries),
            };
            return Err(Refusal::CodeRejected { attempts_left });
        }
        let give_back = Write::ReturnTry { recovery: *id, compare };
        self.grant(&recovery, "code-redeemed", vec![give_back]).await.map_err(closed)
    }

    /// `POST /recoveries/link`: 256 bits, not counted, works for all of its life.
    pub async fn redeem_link(&self, token: &LinkToken) -> Result<Granted, Refusal> {
        let now = self.now();
        let recovery = self.store().recovery(&token.recovery).await?.ok_or(Refusal::LinkSpent)?;
        let right = self.matches(&recovery, Purpose::Link, &token.secret);
        let live = recovery.state == RecoveryState::Open
            && now < recovery.link_expires_at
            && recovery.epoch >= self.policy().secret_epoch;
        if !(right && live) {
            return Err(Refusal::LinkSpent);
        }
        match self.grant(&recovery, "link-redeemed", Vec::new()).await {
            Err(StoreError::Conflict(Conflict::RecoveryClosed)) => Err(Refusal::LinkSpent),
            other => other.map_err(Refusal::from),
        }
    }

    /// Is this the recovery's secret for the purpose? Never for a decoy.
    pub(crate) fn matches(&self, recovery: &Recovery, purpose: Purpose, secret: &Secret) -> bool {
        let stored = match purpose {
            // What stops a change of contacts stands where other recoveries have a code.
            Purpose::Code | Purpose::Temporary | Purpose::Cancel => recovery.code,
            Purpose::Link | Purpose::DeskLink => recovery.link,
            Purpose::Disown => recovery.disown,
            Purpose::Locator | Purpose::Lookup => return false,
        };
        let typed =
            self.host.keys().verifier(&recovery.kid, &recovery.salt, purpose, secret.as_bytes());
        typed == Some(stored) && !recovery.decoy
    }

    /// A new ticket; an earlier live one of the recovery is void from then on.
    pub(crate) async fn grant(
        &self,
        recovery: &Recovery,
        act: &'static str,
        with: Vec<Write>,
    ) -> Result<Granted, StoreError> {
        let ticket = self.new_secret();
        let expires_in = self.policy().ttl_ticket;
        let row = Ticket {
            hash: hash(&ticket),
            recovery: recovery.id,
            member: recovery.member.clone(),
            epoch: self.policy().secret_epoch,
            expires_at: self.now() + expires_in,
            state: TicketState::Live,
        };
        let mut batch = vec![
            Write::RequireOpen { recovery: recovery.id },
            Write::VoidTickets { recovery: recovery.id },
            Write::InsertTicket(row.clone()),
            self.audit(act, recovery.channel, Some(recovery.id)),
        ];
        batch.extend(with);
        match self.store().apply(batch).await {
            Ok(_) => {}
            Err(StoreError::Unavailable(why)) => {
                // The answer may be lost while the batch was written.
                let found = self.store().ticket(&row.hash).await?;
                if found.is_none_or(|found| found.state != TicketState::Live) {
                    return Err(StoreError::Unavailable(why));
                }
            }
            Err(conflict) => return Err(conflict),
        }
        Ok(Granted { ticket, expires_in })
    }
}

fn closed(error: StoreError) -> Refusal {
    match error {
        StoreError::Conflict(Conflict::RecoveryClosed) => Refusal::RecoveryClosed,
        other => other.into(),
    }
}
