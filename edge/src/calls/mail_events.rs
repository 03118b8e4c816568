//! `POST /mail/events`: what the email provider reports about messages it had accepted.

use recovery::{
    api::slug,
    flow::ids::Id,
    webhook::{About, Event, Headers, verify},
};

use crate::{
    call::{Call, no_content},
    host::problem,
    http::problem::Problem,
    log::{Level, Line},
    store::{
        D1,
        sql::{Bind, Sql},
    },
    table::{Body, Caller, Endpoint, Method, Outcome, endpoint},
};

/// The calls of this file.
pub const MAIL_EVENTS: &[Endpoint] = &[Endpoint {
    body: Body::Raw("application/json"),
    success: (204, None),
    problems: &[slug::NOT_FOUND, slug::SIGNATURE_REJECTED, slug::MALFORMED_JSON],
    caller: Caller::Machine,
    ..endpoint(
        Method::Post,
        "/api/v1/mail/events",
        "mailEvent",
        "Bounces and complaints from the email provider, signed as Standard Webhooks.",
        |call| Box::pin(receive(call)),
    )
}];

async fn receive(mut call: Call) -> Outcome {
    let secrets = call.isolate.config.webhook_secrets.clone();
    if secrets.is_empty() {
        return Err(Problem::new(slug::NOT_FOUND));
    }
    let body = call.bytes().await?;
    let header = |name: &str| {
        let own = call.headers.get(format!("webhook-{name}"));
        own.or_else(|| call.headers.get(format!("svix-{name}")))
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let headers = Headers {
        id: header("id"),
        timestamp: header("timestamp"),
        signature: header("signature"),
    };
    let genuine = secrets.iter().any(|secret| verify(secret, headers, &body, call.now()).is_ok());
    if !genuine {
        return Err(Problem::new(slug::SIGNATURE_REJECTED));
    }
    let event = Event::parse(&body).map_err(|_| Problem::new(slug::MALFORMED_JSON))?;
    let (kind, about) = match &event {
        Event::Bounced { about, permanent: true } => ("bounced", about),
        Event::Bounced { about, permanent: false } => ("delayed", about),
        Event::Complained { about } => ("complained", about),
        Event::Other => return no_content(),
    };
    note(&call, headers.id, kind, about).await?;
    no_content()
}

/// Keeps the event without the address; a repetition of its id changes nothing.
async fn note(call: &Call, id: &str, kind: &'static str, about: &About) -> Result<(), Problem> {
    let outbox = about.outbox.as_deref().and_then(Id::parse);
    let sql = Sql::new(
        "INSERT INTO mail_event (id, at, kind, outbox) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO NOTHING",
    )
    .text(id)
    .int(call.now())
    .text(kind)
    .bind(outbox.map_or(Bind::Null, |id| Bind::Text(id.to_string())));
    let store = D1::open(&call.env).map_err(|error| problem(error.into()))?;
    store.execute(sql).await.map_err(|error| problem(error.into()))?;
    Line::new(Level::Warn, "mail-event").with("kind", kind).write();
    Ok(())
}
