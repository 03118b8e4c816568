//! The text-message channel's page: waiting for a text, and finding the recovery of a texted code.

use recovery::{
    api::{Located, WaitAccepted, WaitProgress, slug},
    captcha::Form,
    code::Code,
    flow::{Service, ids::Id, sms_web::WaitState},
    locale::Locale,
    sms::short::ShortName,
};

use super::sms::{sms_is_on, sms_is_served};
use crate::{
    call::{Call, json},
    captcha,
    host::{WorkerHost, problem},
    http::{input::Field, problem::Problem},
    table::{Body, Endpoint, Method, Outcome, endpoint},
};

static WAIT: &[Field] = &[
    Field::captcha(),
    Field::text("locale", 8, "Language of page and reply.").one_of(&["vi", "en"]),
];
static LOCATE: &[Field] =
    &[Field::text("locator", 64, "The first four characters of a texted code."), Field::captcha()];

/// The calls of this file.
pub const SMS_PAGES: &[Endpoint] = &[
    Endpoint {
        body: Body::Json(WAIT),
        success: (202, Some("WaitAccepted")),
        problems: &[slug::CAPTCHA_REJECTED, slug::NOT_FOUND],
        ..endpoint(
            Method::Post,
            "/api/v1/sms-sessions",
            "startWait",
            "Lets a page wait for a text that ends with its web code; names nobody.",
            |call| Box::pin(start(call)),
        )
    },
    Endpoint {
        success: (200, Some("WaitProgress")),
        problems: &[slug::RECOVERY_CLOSED, slug::NOT_FOUND],
        ..endpoint(
            Method::Get,
            "/api/v1/sms-sessions/{session}",
            "waitState",
            "Whether the text has come; changes and grants nothing.",
            |call| Box::pin(state(call)),
        )
    },
    Endpoint {
        body: Body::Json(LOCATE),
        success: (200, Some("Located")),
        problems: &[slug::CAPTCHA_REJECTED, slug::RECOVERY_CLOSED, slug::NOT_FOUND],
        ..endpoint(
            Method::Post,
            "/api/v1/sms-codes",
            "locate",
            "The recovery that the first four characters of a texted code name.",
            |call| Box::pin(locate(call)),
        )
    },
];

async fn start(mut call: Call) -> Outcome {
    sms_is_on(&call)?;
    let mut fields = call.fields(WAIT).await?;
    let payload = fields.parse("captcha", |t| Ok(t.to_owned())).unwrap_or_default();
    let locale = fields.parse("locale", |t| Locale::from_tag(t).ok_or("not-allowed"));
    fields.finish()?;
    let locale = locale.ok_or_else(|| Problem::new(slug::INVALID_INPUT))?;
    let host = open(&call)?;
    captcha::redeem(&call, &host, Form::Email, &payload).await?;
    let started = Service::new(&host).start_wait(locale).await.map_err(problem)?;
    json(
        202,
        &WaitAccepted {
            session: started.wait.to_string(),
            web_code: started.web_code.to_string(),
            expires_in: started.expires_in,
        },
    )
}

async fn state(call: Call) -> Outcome {
    sms_is_served()?;
    let wait = Id::parse(call.param("session"));
    let wait = wait.ok_or_else(|| Problem::new(slug::RECOVERY_CLOSED))?;
    let host = open(&call)?;
    json(
        200,
        &match Service::new(&host).wait_state(&wait).await.map_err(problem)? {
            WaitState::Waiting { expires_in } => WaitProgress {
                state: "waiting".to_owned(),
                expires_in,
                recovery: None,
                code_length: None,
            },
            WaitState::Received(located) => WaitProgress {
                state: "received".to_owned(),
                expires_in: located.expires_in,
                recovery: Some(located.recovery.to_string()),
                code_length: Some(code_length()),
            },
        },
    )
}

async fn locate(mut call: Call) -> Outcome {
    sms_is_served()?;
    let mut fields = call.fields(LOCATE).await?;
    let locator = fields.parse("locator", |text| ShortName::parse(text).ok_or("malformed"));
    let payload = fields.parse("captcha", |t| Ok(t.to_owned())).unwrap_or_default();
    fields.finish()?;
    let locator = locator.ok_or_else(|| Problem::new(slug::INVALID_INPUT))?;
    let host = open(&call)?;
    captcha::redeem(&call, &host, Form::Email, &payload).await?;
    let located = Service::new(&host).locate(&locator).await.map_err(problem)?;
    json(
        200,
        &Located {
            recovery: located.recovery.to_string(),
            code_length: code_length(),
            expires_in: located.expires_in,
        },
    )
}

fn code_length() -> u32 {
    u32::try_from(Code::LENGTH).unwrap_or(0)
}

fn open(call: &Call) -> Result<WorkerHost, Problem> {
    WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)
}
