//! The desk's scheduled work: ends of cooling-offs, the audit's chain, retention.

use std::rc::Rc;

use recovery::desk::{Desk, DeskRefusal, audit::Checkpoint};
use worker::Env;

use crate::{
    host::WorkerHost,
    isolate::Isolate,
    log::{Level, Line},
};

/// Most ends of a cooling-off in one run; the next one takes the others.
const ENDS: u32 = 20;
/// The binding of the bucket for checkpoints (`wrangler.desk.toml`); a deployment may have none.
const CHECKPOINTS: &str = "CHECKPOINTS";
/// Most batches of the audit linked in one run.
const BATCHES: u32 = 10;

/// Every run: before the outbox is swept, so that what ends now is sent now.
pub async fn run(env: &Env, isolate: &Rc<Isolate>) {
    let host = match WorkerHost::open(env, &isolate.config) {
        Ok(host) => host,
        Err(refusal) => return report("desk-work", &refusal.into()),
    };
    let desk = Desk::new(&host);
    match desk.cooled(ENDS).await {
        Ok(cases) => {
            for case in cases {
                // One case that cannot be finished keeps no other from it.
                if let Err(refusal) = desk.finish(&case).await {
                    report("cooling-off", &refusal);
                }
            }
        }
        Err(refusal) => report("cooling-off", &refusal),
    }
    match desk.chain_audit(BATCHES).await {
        Ok(done) => {
            if let Some(point) = done.checkpoint {
                keep(env, &point).await;
            }
        }
        Err(refusal) => report("audit-chain", &refusal),
    }
    if isolate.config.checkpoint_email.is_some() {
        let every = i64::from(isolate.config.number("AUDIT_CHECKPOINT_EMAIL_EVERY"));
        if let Err(refusal) = desk.mail_checkpoint(every).await {
            report("checkpoint-mail", &refusal);
        }
    }
}

/// Writes a checkpoint to a second place, where a table that was rewritten or cut off as a whole
/// shows: to the log, and to the bucket where one is bound, each as an object of its own. The next
/// checkpoint covers one that could not be kept.
async fn keep(env: &Env, point: &Checkpoint) {
    let line = Line::new(Level::Info, "audit-checkpoint")
        .with("upto", point.upto)
        .with("head", point.head.to_string())
        .with("at", point.at)
        .with("kid", point.kid.as_str())
        .with("signature", point.signature.to_string());
    let text = line.render();
    line.write();
    let Ok(bucket) = env.bucket(CHECKPOINTS) else { return };
    // Ascending by name; never the name of another, so that a locked bucket takes each.
    let name = format!("audit/{:020}-{}.json", point.upto, point.at);
    if bucket.put(name, text).execute().await.is_err() {
        Line::new(Level::Error, "checkpoint-not-kept").with("upto", point.upto).write();
    }
}

/// Once an hour.
pub async fn retire(env: &Env, isolate: &Rc<Isolate>) {
    let removed = match WorkerHost::open(env, &isolate.config) {
        Ok(host) => Desk::new(&host).purge_cases().await,
        Err(refusal) => Err(refusal.into()),
    };
    match removed {
        Ok(rows) => Line::new(Level::Info, "case-retention").with("rows", rows).write(),
        Err(refusal) => report("case-retention", &refusal),
    }
}

fn report(event: &'static str, refusal: &DeskRefusal) {
    Line::new(Level::Error, event).with("why", format!("{refusal:?}")).write();
}
