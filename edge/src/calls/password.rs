//! `POST /password`.

use std::rc::Rc;

use recovery::{
    api::slug,
    flow::{Service, ids::Secret},
};

use crate::{
    call::{Call, no_content},
    host::{WorkerHost, problem},
    http::{input::Field, problem::Problem},
    table::{Body, Endpoint, Method, Outcome, endpoint},
};

/// Seconds after which a refused derivation may be tried again.
pub const BUSY: u32 = 1;

static PASSWORD: &[Field] = &[
    Field::text("ticket", 256, "From redeeming a code or a link."),
    Field::text("password", 8 * 1024, "The new password, 8 to 256 characters."),
];

/// The calls of this file.
pub const PASSWORDS: &[Endpoint] = &[Endpoint {
    body: Body::Json(PASSWORD),
    success: (204, None),
    problems: &[slug::TICKET_SPENT, slug::PASSWORD_REJECTED],
    ..endpoint(
        Method::Post,
        "/api/v1/password",
        "setPassword",
        "Spends a ticket for a new password; a refused password keeps the ticket.",
        |call| Box::pin(set(call)),
    )
}];

async fn set(mut call: Call) -> Outcome {
    let mut fields = call.fields(PASSWORD).await?;
    let ticket = fields.parse("ticket", |text| Ok(Secret::parse(text))).flatten();
    let password = fields.parse("password", |text| Ok(text.to_owned())).unwrap_or_default();
    fields.finish()?;
    let ticket = ticket.ok_or_else(|| Problem::new(slug::TICKET_SPENT))?;
    let isolate = Rc::clone(&call.isolate);
    // Held over load, derivation and commit: see `permits`.
    let _permit =
        isolate.derivations.acquire(call.now_ms).ok_or_else(|| Problem::try_again(BUSY))?;
    let host = WorkerHost::open(&call.env, &isolate.config).map_err(problem)?;
    let notices = Service::new(&host).set_password(&ticket, &password).await.map_err(problem)?;
    call.send_after_answer(notices);
    no_content()
}
