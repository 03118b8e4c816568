//! The Worker: HTTP calls in front of the rules, adapters behind them.
//!
//! - [`app`] takes one request through its checks to its call and back;
//! - [`table`] is the one list of calls, from which router and OpenAPI document are made;
//! - [`calls`] holds the calls themselves;
//! - [`http`] what they have in common; [`config`] the run-time variables.

pub mod access;
pub mod app;
pub mod call;
pub mod calls;
pub mod captcha;
pub mod case_pages;
pub mod chart;
pub mod config;
#[cfg(feature = "contract-tests")]
pub mod contract;
pub mod desk_pages;
pub mod desk_work;
pub mod directory;
pub mod form_page;
pub mod friction;
pub mod hasher;
pub mod host;
pub mod http;
pub mod isolate;
pub mod limits;
pub mod log;
#[cfg(feature = "desk")]
pub mod mail_in;
pub mod mailer;
pub mod openapi;
pub mod operator;
pub mod outbound;
pub mod permits;
pub mod post_office;
pub mod schemas;
pub mod store;
pub mod subtle;
pub mod table;
pub mod texter;
pub mod turnstile_page;

#[cfg(feature = "desk")]
use worker::ForwardableEmailMessage;
use worker::{Context, Env, Response, ScheduleContext, ScheduledEvent, event, web_sys};

/// Every request that is no static file.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, ctx: Context) -> worker::Result<Response> {
    app::serve(&request, env, ctx).await
}

/// A letter to an office. What became of it is said to the message itself.
#[cfg(feature = "desk")]
#[event(email)]
async fn email(message: ForwardableEmailMessage, env: Env, _ctx: Context) -> worker::Result<()> {
    mail_in::receive(&message, &env).await;
    Ok(())
}

/// The sweep of the outbox, and once an hour the retention job.
#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    app::scheduled(&env, &event.cron(), call::whole_ms(event.schedule())).await;
}
