//! Health, public configuration, and the OpenAPI document.

use std::future::ready;

use recovery::{api, flow::store::StoreError};
use worker::{Env, js_sys};

use crate::{
    call::{Call, bytes_answer, json},
    config::Captcha,
    http::problem::Problem,
    openapi,
    operator::{Mode, OPERATOR},
    store::{D1, RETRY_AFTER},
    table::{Endpoint, Method, Outcome, endpoint},
};

/// The calls of this file.
pub const META: &[Endpoint] = &[
    Endpoint {
        success: (200, Some("Health")),
        in_guide: true,
        always: true,
        ..endpoint(
            Method::Get,
            "/api/v1/health",
            "health",
            "Whether the service works: 503 where the database does not answer.",
            |call| Box::pin(health(call)),
        )
    },
    Endpoint {
        success: (200, Some("Config")),
        in_guide: true,
        ..endpoint(
            Method::Get,
            "/api/v1/config",
            "config",
            "Mode, channels that work now, kind of captcha, public limits.",
            |call| Box::pin(ready(config(&call))),
        )
    },
    Endpoint {
        success: (200, None),
        in_guide: true,
        ..endpoint(Method::Get, "/api/v1/openapi.json", "openapi", "This document.", |_| {
            Box::pin(ready(document()))
        })
    },
];

async fn health(call: Call) -> Outcome {
    let down = |_: StoreError| Problem::try_again(RETRY_AFTER);
    if OPERATOR.mode == Mode::Service {
        D1::open(&call.env).map_err(down)?.ping().await.map_err(down)?;
    }
    json(
        200,
        &api::Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
    )
}

fn config(call: &Call) -> Outcome {
    let config = &call.isolate.config;
    let on = |channel: &&str| {
        let served = *channel != "desk" || has_desk(&call.env);
        OPERATOR.mode == Mode::Service && served && config.channel_on(channel)
    };
    let channels = OPERATOR.channels.iter().copied().filter(on).map(str::to_owned).collect();
    let (kind, site_key) = match &config.captcha {
        Captcha::Altcha => ("altcha", None),
        Captcha::Turnstile { site_key, .. } => ("turnstile", Some(site_key.clone())),
    };
    let seconds = |name| i64::from(config.number(name));
    json(
        200,
        &api::Config {
            mode: OPERATOR.mode.as_str().to_owned(),
            channels,
            captcha: api::CaptchaConfig { kind: kind.to_owned(), site_key },
            limits: api::PublicLimits {
                code_seconds: seconds("TTL_CODE"),
                link_seconds: seconds("TTL_LINK"),
                ticket_seconds: seconds("TTL_TICKET"),
                code_attempts: config.number("LIMIT_CODE_RECOVERY"),
                dispatches_hour: config.number("LIMIT_DISPATCH_HOUR"),
                dispatches_day: config.number("LIMIT_DISPATCH_DAY"),
                password_min: 8,
                password_max: 256,
            },
        },
    )
}

/// Whether the desk is in this Worker, or in another that this one passes its calls on to.
fn has_desk(env: &Env) -> bool {
    cfg!(feature = "desk")
        || js_sys::Reflect::get(env.as_ref(), &"DESK".into())
            .is_ok_and(|binding| !binding.is_undefined())
}

fn document() -> Outcome {
    bytes_answer(200, "application/json", openapi::document().into_bytes())
}
