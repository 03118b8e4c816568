//! Only with the feature `contract-tests`: runs the store's contract suite of `recovery`
//! against D1, inside workerd. `GET /api/contract?seed=N`, with synthetic member 1 on record.

use axum::{
    body::Body,
    extract::Request,
    response::Response,
    routing::{MethodRouter, get},
};
use recovery::{
    flow::account::MemberRef,
    identifier::Identifier,
    testing::contract::{Fixture, run, run_desk, run_figures, run_letters, run_texts},
};
use serde_json::json;
use worker::{Env, send::SendFuture};

use crate::store::D1;

/// The one call of this build that no release has.
pub fn route(
    env: impl Fn(&Request) -> Option<Env> + Clone + Send + Sync + 'static,
) -> MethodRouter {
    get(async move |request: Request| {
        let seed = request.uri().query().and_then(|query| query.strip_prefix("seed="));
        let seed = seed.and_then(|seed| seed.parse().ok()).unwrap_or(1);
        let env = env(&request);
        Response::new(Body::from(SendFuture::new(report(env, seed)).await))
    })
}

/// `GET /api/trap?when=now|later`: ends this instance as a bug would, before the first wait or
/// after it.
pub fn trap() -> MethodRouter {
    get(async |request: Request| {
        if request.uri().query() == Some("when=later") {
            SendFuture::new(worker::Delay::from(std::time::Duration::from_millis(10))).await;
        }
        std::process::abort();
        #[expect(unreachable_code, reason = "gives the handler its type")]
        Response::new(Body::empty())
    })
}

/// `GET /api/work`: every statement of this instance since the last time one asked, and its cost.
pub fn work() -> MethodRouter {
    get(async || Response::new(Body::from(json!(crate::store::work::take()).to_string())))
}

/// `GET /api/statements`: the same with their values, without their cost.
pub fn statements() -> MethodRouter {
    get(async || Response::new(Body::from(json!(crate::store::work::take_whole()).to_string())))
}

async fn report(env: Option<Env>, seed: u64) -> String {
    let store = env.and_then(|env| D1::open(&env).ok());
    let (Some(store), Ok(number)) = (store, Identifier::parse("9000000001")) else {
        return json!({"error": "no store"}).to_string();
    };
    let fixture = Fixture::new(&store, seed, MemberRef("tv1".to_owned()), number);
    let mut verdicts = run(&fixture).await;
    verdicts.extend(run_texts(&fixture).await);
    verdicts.extend(run_desk(&fixture).await);
    verdicts.extend(run_figures(&fixture).await);
    verdicts.extend(run_letters(&fixture).await);
    let failed: Vec<_> = verdicts
        .iter()
        .filter_map(|(name, verdict)| Some(json!({"rule": name, "why": verdict.as_ref().err()?})))
        .collect();
    let plans = store.queue_plans().await.map_err(|error| format!("{error:?}"));
    let figures = store.figure_plans().await.map_err(|error| format!("{error:?}"));
    json!({"rules": verdicts.len(), "failed": failed, "plans": plans, "figures": figures})
        .to_string()
}
