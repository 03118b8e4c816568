//! Sending what the outbox holds: right after the answer, and again in the sweep.
//!
//! After the answer the first retries follow within the same `wait_until`, for the person
//! waits; the platform ends such work after 30 s, so that later ones belong to the sweep.

use std::{rc::Rc, time::Duration};

use futures_util::future::join_all;
use recovery::{
    flow::{
        Refusal, Service,
        dispatch::{Dispatched, Imprint, Sender},
        ids::Id,
        store::OutboxState,
    },
    locale::Locale,
    message::{Hotline, Line as Words},
};
use worker::{Delay, Env};

use crate::{
    call::{now_ms, random},
    config::TextTransport,
    host::WorkerHost,
    isolate::Isolate,
    log::{Level, Line},
    mailer::WorkerMailer,
    operator::{OPERATOR, pick},
    texter::{WorkerTexter, imprint},
};

/// Longest random wait before a dispatch: its time says nothing about the account.
const SPREAD_MS: u64 = 2_000;
/// No retry begins later than so long after the answer.
const FIRST_RETRIES_MS: i64 = 15_000;
/// Most rows of one sweep; the next one takes the others.
const SWEEP_ROWS: u32 = 40;
/// Messages sent at once in a sweep: the platform allows six connections.
const AT_ONCE: usize = 5;
/// No row is begun later than so long into a sweep.
const SWEEP_MS: i64 = 40_000;

/// Dispatches rows after the answer that wrote them.
pub async fn after_answer(env: Env, isolate: Rc<Isolate>, public_origin: String, rows: Vec<Id>) {
    let draw = random::<4>().map_or(0, u32::from_be_bytes);
    let wait = (u64::from(draw) * SPREAD_MS) >> 32;
    Delay::from(Duration::from_millis(wait)).await;
    let begun = now_ms();
    for row in rows {
        let mut row = row;
        loop {
            match dispatch(&env, &isolate, &public_origin, &row).await {
                Some(Dispatched::Again(due)) => {
                    let due_ms = due.saturating_mul(1000);
                    if due_ms > begun + FIRST_RETRIES_MS {
                        break;
                    }
                    let wait = u64::try_from(due_ms - now_ms()).unwrap_or(0);
                    Delay::from(Duration::from_millis(wait)).await;
                }
                Some(Dispatched::Replaced(next)) => row = next,
                _ => break,
            }
        }
    }
}

/// Dispatches what is due: retries, rows of a Worker that was ended in between, and such
/// whose first dispatch failed.
pub async fn sweep(env: &Env, isolate: &Rc<Isolate>, public_origin: &str) {
    let begun = now_ms();
    let host = match WorkerHost::open(env, &isolate.config) {
        Ok(host) => host,
        Err(refusal) => return report("sweep", &format!("{refusal:?}")),
    };
    let due = match Service::new(&host).due(SWEEP_ROWS).await {
        Ok(due) => due,
        Err(refusal) => return report("sweep", &format!("{refusal:?}")),
    };
    let mut left = due.len();
    for rows in due.chunks(AT_ONCE) {
        if now_ms() - begun > SWEEP_MS {
            break;
        }
        left -= rows.len();
        join_all(rows.iter().map(async |row| {
            if let Some(Dispatched::Replaced(next)) =
                dispatch(env, isolate, public_origin, row).await
            {
                dispatch(env, isolate, public_origin, &next).await;
            }
        }))
        .await;
    }
    if left > 0 {
        Line::new(Level::Warn, "sweep-behind").with("rows", left).write();
    }
}

/// Removes what retention no longer allows.
pub async fn retire(env: &Env, isolate: &Rc<Isolate>) {
    let removed = match WorkerHost::open(env, &isolate.config) {
        Ok(host) => {
            let service = Service::new(&host);
            watch_budget(isolate, &service).await;
            forget(&service).await
        }
        Err(refusal) => Err(refusal),
    };
    match removed {
        Ok(rows) => Line::new(Level::Info, "retention").with("rows", rows).write(),
        Err(refusal) => report("retention", &format!("{refusal:?}")),
    }
}

async fn forget(service: &Service<'_, WorkerHost>) -> Result<i64, Refusal> {
    Ok(service.purge().await? + service.purge_texts().await?)
}

/// The alarm before the day's texts are used up: at once when the count passes the mark, and
/// once an hour from then on. The audit has it too, once a day.
pub async fn watch_budget(isolate: &Isolate, service: &Service<'_, WorkerHost>) {
    let hour = now_ms().div_euclid(3_600_000);
    if isolate.budget_alarm.get() == hour {
        return;
    }
    let budget = match service.text_budget().await {
        Ok(budget) => budget,
        Err(refusal) => return report("text-budget", &format!("{refusal:?}")),
    };
    if budget.near {
        isolate.budget_alarm.set(hour);
        Line::new(Level::Error, "text-budget")
            .with("sent", budget.sent)
            .with("cap", budget.cap)
            .with("used_up", budget.sent >= budget.cap)
            .write();
    }
}

async fn dispatch(
    env: &Env,
    isolate: &Rc<Isolate>,
    public_origin: &str,
    row: &Id,
) -> Option<Dispatched> {
    let host = match WorkerHost::open(env, &isolate.config) {
        Ok(host) => host,
        Err(refusal) => {
            report("dispatch", &format!("{refusal:?}"));
            return None;
        }
    };
    let mailer = WorkerMailer::new(env, &isolate.config);
    let texter = WorkerTexter::new(&isolate.config, public_origin);
    let sender =
        Sender { supervisor: isolate.config.checkpoint_email.clone(), ..sender(public_origin) };
    let email = (&sender, &mailer);
    let texts = (&imprint(public_origin), &texter);
    let service = Service::new(&host);
    match service.dispatch_any(row, email, texts).await {
        Ok(dispatched) => {
            if isolate.config.texts.transport != TextTransport::None {
                watch_budget(isolate, &service).await;
            }
            if let Dispatched::Settled(state) = dispatched {
                // What did not go out, or nobody knows of, is an operator's business.
                let lost = matches!(state, OutboxState::Dead | OutboxState::Unknown);
                let level = if lost { Level::Warn } else { Level::Info };
                Line::new(level, "message").with("state", state.as_str()).write();
            }
            Some(dispatched)
        }
        Err(refusal) => {
            report("dispatch", &format!("{refusal:?}"));
            None
        }
    }
}

fn report(event: &'static str, why: &str) {
    Line::new(Level::Error, event).with("why", why).write();
}

/// Who writes, out of `operator.toml`.
fn sender(public_origin: &str) -> Sender {
    let imprint = |locale| {
        let name = pick(OPERATOR.name, locale);
        let hotlines = OPERATOR.hotlines.iter().map(|line| Hotline {
            label: Words::new(pick(line.label, locale)),
            number: Words::new(line.number),
            note: Words::new(pick(line.note, locale)),
        });
        Imprint {
            operator: (!name.is_empty()).then(|| Words::new(name)),
            hotlines: hotlines.collect(),
        }
    };
    Sender {
        public_url: public_origin.to_owned(),
        service: Words::new("Chìa Khoá"),
        demonstration: OPERATOR.demo,
        supervisor: None,
        imprints: [imprint(Locale::Vi), imprint(Locale::En)],
    }
}
