//! Counts refusals by limit and day, for supervisors. After the answer, and only where a captcha
//! was paid for or a case's own code was shown before the limit was looked at: nobody makes the
//! database write for nothing. Whether an account exists plays no part in these refusals.

use std::rc::Rc;

use recovery::{
    desk::figures::store::{FigureStore as _, Limit},
    flow::{store::StoreError, text_policy::vietnam_day},
};
use worker::{Context, Env};

use crate::{
    call::now_ms,
    log::{Level, Line},
    store::D1,
};

/// The limit that a 429 of this route stands for.
fn of_route(path: &str) -> Option<Limit> {
    Some(match path {
        "/api/v1/recoveries" => Limit::Requests,
        "/api/v1/recoveries/{recovery}/resend" => Limit::Resends,
        "/api/v1/cases" | "/ho-so/gui" | "/en/ho-so/gui" => Limit::Cases,
        "/api/v1/cases/message" | "/ho-so/nhan" | "/en/ho-so/nhan" => Limit::CaseMessages,
        _ => return None,
    })
}

/// Counts an answer of this route, where it is a refusal by a limit.
pub fn note(env: &Env, ctx: &Rc<Context>, path: &str, status: u16) {
    let Some(limit) = of_route(path).filter(|_| status == 429) else { return };
    let env = env.clone();
    ctx.wait_until(async move {
        let day = vietnam_day(now_ms().div_euclid(1_000));
        let counted = async { D1::open(&env)?.count_limit(limit, day).await };
        if let Err(error) = counted.await {
            let why: StoreError = error;
            Line::new(Level::Warn, "limit-not-counted").with("why", format!("{why:?}")).write();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_that_counts_is_one_that_is_served() {
        let calls: Vec<_> = crate::table::endpoints().map(|call| call.path).collect();
        for path in ["/api/v1/recoveries", "/api/v1/recoveries/{recovery}/resend"] {
            // The site's Worker serves them.
            assert_eq!(calls.contains(&path), cfg!(feature = "site"), "{path}");
            assert!(of_route(path).is_some(), "{path}");
        }
        for page in crate::case_pages::PAGES {
            let counts = page.path.ends_with("/gui") || page.path.ends_with("/nhan");
            assert_eq!(of_route(page.path).is_some(), counts, "{}", page.path);
        }
        assert_eq!(of_route("/api/v1/session"), None);
    }
}
