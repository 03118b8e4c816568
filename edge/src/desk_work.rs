//! The desk's scheduled work: ends of cooling-offs, the audit's chain, retention.

use std::rc::Rc;

use recovery::desk::{Desk, DeskRefusal};
use worker::Env;

use crate::{
    host::WorkerHost,
    isolate::Isolate,
    log::{Level, Line},
};

/// Most ends of a cooling-off in one run; the next one takes the others.
const ENDS: u32 = 20;
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
                // The log is the second place: a copy of it elsewhere shows a table rewritten
                // or cut off as a whole.
                Line::new(Level::Info, "audit-checkpoint")
                    .with("upto", point.upto)
                    .with("head", point.head.to_string())
                    .with("at", point.at)
                    .with("kid", point.kid.as_str())
                    .with("signature", point.signature.to_string())
                    .write();
            }
        }
        Err(refusal) => report("audit-chain", &refusal),
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
