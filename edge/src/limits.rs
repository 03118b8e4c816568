//! Counts refusals by limit and day, for supervisors. After the answer, in the isolate's memory
//! first: what is met again and again is written as one sum, so that a flood of refusals makes the
//! database write once in [`EVERY_MS`] and isolate, however many there are. Whether an account
//! exists plays no part in these refusals.

use std::{cell::Cell, rc::Rc, time::Duration};

use recovery::{
    desk::figures::store::{FigureStore as _, Limit},
    flow::{store::StoreError, text_policy::vietnam_day},
};
use worker::{Context, Delay, Env};

use crate::{
    call::now_ms,
    isolate::Isolate,
    log::{Level, Line},
    store::D1,
};

/// Shortest time between two writes of an isolate, in milliseconds.
pub const EVERY_MS: i64 = 10_000;
/// A write that is so late does not come any more: its request was ended.
const LOST_MS: i64 = 20_000;

/// The limit that a 429 of this route stands for.
fn of_route(path: &str) -> Option<Limit> {
    Some(match path {
        "/api/v1/recoveries" => Limit::Requests,
        "/api/v1/recoveries/{recovery}/resend" => Limit::Resends,
        "/api/v1/session" => Limit::SignIns,
        "/api/v1/cases" | "/ho-so/gui" | "/en/ho-so/gui" => Limit::Cases,
        "/api/v1/cases/message" | "/ho-so/nhan" | "/en/ho-so/nhan" => Limit::CaseMessages,
        "/api/v1/desk/cases/{case}"
        | "/ban-lam-viec/ho-so/{case}"
        | "/en/ban-lam-viec/ho-so/{case}" => Limit::CaseLinks,
        _ => return None,
    })
}

/// What an isolate has not written yet.
#[derive(Debug, Default)]
pub struct Refusals {
    counts: Cell<[u32; Limit::ALL.len()]>,
    /// When they are to be written, Unix milliseconds.
    planned: Cell<Option<i64>>,
    /// When some were written last.
    last: Cell<i64>,
}

impl Refusals {
    /// Counts one. Gives how long to wait, in milliseconds, where this caller is to write.
    fn add(&self, limit: Limit, now: i64) -> Option<i64> {
        self.put([(limit, 1)].into_iter());
        if self.planned.get().is_some_and(|at| now < at + LOST_MS) {
            return None;
        }
        let at = now.max(self.last.get() + EVERY_MS);
        self.planned.set(Some(at));
        Some(at - now)
    }

    fn put(&self, more: impl Iterator<Item = (Limit, u32)>) {
        let mut counts = self.counts.get();
        for (limit, count) in more {
            let place = Limit::ALL.iter().position(|one| *one == limit);
            if let Some(known) = place.and_then(|place| counts.get_mut(place)) {
                *known = known.saturating_add(count);
            }
        }
        self.counts.set(counts);
    }

    /// Everything counted since the last time.
    fn take(&self, now: i64) -> Vec<(Limit, u32)> {
        self.planned.set(None);
        self.last.set(now);
        let counts = self.counts.replace(Default::default());
        Limit::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect()
    }
}

/// Counts an answer of this route, where it is a refusal by a limit.
pub fn note(env: &Env, ctx: &Rc<Context>, isolate: &Rc<Isolate>, path: &str, status: u16) {
    if let Some(limit) = of_route(path).filter(|_| status == 429) {
        count(env, ctx, isolate, limit);
    }
}

/// Counts a refusal.
pub fn count(env: &Env, ctx: &Rc<Context>, isolate: &Rc<Isolate>, limit: Limit) {
    let Some(wait) = isolate.refusals.add(limit, now_ms()) else { return };
    let (env, isolate) = (env.clone(), Rc::clone(isolate));
    ctx.wait_until(async move {
        if let Ok(wait @ 1..) = u64::try_from(wait) {
            Delay::from(Duration::from_millis(wait)).await;
        }
        let counts = isolate.refusals.take(now_ms());
        let day = vietnam_day(now_ms().div_euclid(1_000));
        let written = async { D1::open(&env)?.count_limits(&counts, day).await };
        if let Err(error) = written.await {
            let why: StoreError = error;
            Line::new(Level::Warn, "limit-not-counted").with("why", format!("{why:?}")).write();
            // The next refusal takes them along.
            isolate.refusals.put(counts.into_iter());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_that_counts_is_one_that_is_served() {
        let calls: Vec<_> = crate::table::endpoints().map(|call| call.path).collect();
        for path in
            ["/api/v1/recoveries", "/api/v1/recoveries/{recovery}/resend", "/api/v1/session"]
        {
            // The site's Worker serves them.
            assert_eq!(calls.contains(&path), cfg!(feature = "site"), "{path}");
            assert!(of_route(path).is_some(), "{path}");
        }
        for page in crate::case_pages::PAGES {
            let counts = page.path.ends_with("/gui") || page.path.ends_with("/nhan");
            assert_eq!(of_route(page.path).is_some(), counts, "{}", page.path);
        }
        for page in crate::desk_pages::PAGES {
            let counts = page.path.ends_with("/ho-so/{case}");
            assert_eq!(of_route(page.path).is_some(), counts, "{}", page.path);
        }
        assert_eq!(of_route("/api/v1/health"), None);
    }

    #[test]
    fn a_flood_is_written_as_one_sum_and_at_most_once_in_ten_seconds() {
        let refusals = Refusals::default();
        let start = 1_000_000;
        assert_eq!(refusals.add(Limit::Network, start), Some(0), "the first at once");
        assert_eq!(refusals.take(start), [(Limit::Network, 1)]);
        let mut writes = Vec::new();
        for n in 1..=2_000 {
            let limit = if n % 2 == 0 { Limit::Network } else { Limit::SignIns };
            // A refusal every 5 ms: 10 s of them.
            writes.extend(refusals.add(limit, start + 5 * n));
        }
        assert_eq!(writes, [EVERY_MS - 5], "one write, when its time has come");
        let written = refusals.take(start + EVERY_MS);
        assert_eq!(written, [(Limit::SignIns, 1_000), (Limit::Network, 1_000)]);
        assert_eq!(refusals.take(start + 2 * EVERY_MS), []);
    }

    #[test]
    fn a_write_that_never_came_holds_nothing_up() {
        let refusals = Refusals::default();
        assert_eq!(refusals.add(Limit::Network, 50_000), Some(0));
        assert_eq!(refusals.add(Limit::Network, 50_000 + LOST_MS - 1), None);
        assert_eq!(refusals.add(Limit::Network, 50_000 + LOST_MS), Some(0));
        assert_eq!(refusals.take(80_000), [(Limit::Network, 3)]);
    }
}
