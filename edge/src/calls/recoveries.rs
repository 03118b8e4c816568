//! `/recoveries`: asking for a message, and what its code and links are good for.

use recovery::{
    api::{RecoveryAccepted, TicketGranted, slug},
    captcha::Form,
    code::{Code, CodeError},
    email::{EmailAddress, EmailError},
    flow::{
        Service,
        ids::{Id, LinkToken},
        redeem::Granted,
        request::{Accepted, EmailRequest},
    },
    identifier::{Identifier, IdentifierError},
    locale::Locale,
};

use crate::{
    call::{Call, json, no_content},
    captcha,
    host::{WorkerHost, problem},
    http::{input::Field, problem::Problem},
    operator::OPERATOR,
    table::{Body, Endpoint, Method, Outcome, endpoint},
};

static START: &[Field] = &[
    Field::text("identifier", 256, "Mã số BHXH, CCCD number or BHYT card code, as typed."),
    Field::text("email", 1024, "The registered email address, as typed."),
    Field::captcha(),
    Field::text("locale", 8, "Language of the message.").one_of(&["vi", "en"]),
];
static RESEND: &[Field] = &[Field::captcha()];
static CODE: &[Field] = &[Field::text("code", 256, "The code as typed.")];
static TOKEN: &[Field] = &[Field::text("token", 256, "The fragment of the link.")];

/// The calls of this file.
pub const RECOVERIES: &[Endpoint] = &[
    Endpoint {
        body: Body::Json(START),
        success: (202, Some("RecoveryAccepted")),
        problems: &[slug::CAPTCHA_REJECTED, slug::NOT_FOUND],
        ..endpoint(
            Method::Post,
            "/api/v1/recoveries",
            "startRecovery",
            "Asks for a message with code and link; the same answer whether the account exists.",
            |call| Box::pin(start(call)),
        )
    },
    Endpoint {
        body: Body::Json(RESEND),
        success: (202, Some("RecoveryAccepted")),
        problems: &[slug::CAPTCHA_REJECTED, slug::RECOVERY_CLOSED, slug::NOT_FOUND],
        ..endpoint(
            Method::Post,
            "/api/v1/recoveries/{recovery}/resend",
            "resendRecovery",
            "The same code, link and expiry in a new message.",
            |call| Box::pin(resend(call)),
        )
    },
    Endpoint {
        body: Body::Json(CODE),
        success: (200, Some("TicketGranted")),
        problems: &[slug::RECOVERY_CLOSED, slug::CODE_REJECTED],
        ..endpoint(
            Method::Post,
            "/api/v1/recoveries/{recovery}/code",
            "redeemCode",
            "Redeems the typed code for a ticket.",
            |call| Box::pin(code(call)),
        )
    },
    Endpoint {
        body: Body::Json(TOKEN),
        success: (200, Some("TicketGranted")),
        problems: &[slug::LINK_SPENT],
        ..endpoint(
            Method::Post,
            "/api/v1/recoveries/link",
            "redeemLink",
            "Redeems the link's token for a ticket.",
            |call| Box::pin(link(call)),
        )
    },
];

/// Voiding what a notice tells of.
pub const DISOWN: &[Endpoint] = &[Endpoint {
    body: Body::Json(TOKEN),
    success: (204, None),
    ..endpoint(
        Method::Post,
        "/api/v1/recoveries/disown",
        "disown",
        "“This was not me”: the same answer for every well-formed token.",
        |call| Box::pin(disown(call)),
    )
}];

/// The email channel: 404 where the build has none, 503 while an operator has it switched off.
fn email_is_on(call: &Call) -> Result<(), Problem> {
    if !OPERATOR.channels.contains(&"email") {
        return Err(Problem::new(slug::NOT_FOUND));
    }
    if call.isolate.config.channel_on("email") { Ok(()) } else { Err(Problem::try_again(3_600)) }
}

async fn start(mut call: Call) -> Outcome {
    email_is_on(&call)?;
    let mut fields = call.fields(START).await?;
    let identifier =
        fields.parse("identifier", |t| Identifier::parse(t).map_err(IdentifierError::code));
    let email = fields.parse("email", |t| EmailAddress::parse(t).map_err(EmailError::code));
    let locale = fields.parse("locale", |t| Locale::from_tag(t).ok_or("not-allowed"));
    let payload = fields.parse("captcha", |t| Ok(t.to_owned()));
    fields.finish()?;
    let (Some(identifier), Some(email), Some(locale), Some(payload)) =
        (identifier, email, locale, payload)
    else {
        return Err(Problem::new(slug::INVALID_INPUT));
    };
    let host = open(&call)?;
    let captcha_level = captcha::redeem(&call, &host, Form::Email, &payload).await?;
    let request = EmailRequest { identifier, email, locale, captcha_level };
    let accepted = Service::new(&host).request_email(&request).await.map_err(problem)?;
    accept(&call, &accepted)
}

async fn resend(mut call: Call) -> Outcome {
    email_is_on(&call)?;
    let mut fields = call.fields(RESEND).await?;
    let payload = fields.parse("captcha", |t| Ok(t.to_owned())).unwrap_or_default();
    fields.finish()?;
    let recovery = recovery_id(&call)?;
    let host = open(&call)?;
    captcha::redeem(&call, &host, Form::Email, &payload).await?;
    let accepted = Service::new(&host).resend(&recovery).await.map_err(problem)?;
    accept(&call, &accepted)
}

/// 202, and the message goes out after it.
fn accept(call: &Call, accepted: &Accepted) -> Outcome {
    call.send_after_answer(vec![accepted.outbox]);
    json(
        202,
        &RecoveryAccepted {
            recovery: accepted.recovery.to_string(),
            code_length: u32::try_from(Code::LENGTH).unwrap_or(0),
            expires_in: accepted.expires_in,
            resend_after: i64::from(call.isolate.config.number("RESEND_AFTER")),
        },
    )
}

async fn code(mut call: Call) -> Outcome {
    let mut fields = call.fields(CODE).await?;
    let code = fields.parse("code", |t| Code::parse(t).map_err(CodeError::code));
    fields.finish()?;
    let code = code.ok_or_else(|| Problem::new(slug::INVALID_INPUT))?;
    let recovery = recovery_id(&call)?;
    let host = open(&call)?;
    grant(&Service::new(&host).redeem_code(&recovery, &code).await.map_err(problem)?)
}

async fn link(mut call: Call) -> Outcome {
    let token = token(&mut call).await?.ok_or_else(|| Problem::new(slug::LINK_SPENT))?;
    let host = open(&call)?;
    grant(&Service::new(&host).redeem_link(&token).await.map_err(problem)?)
}

async fn disown(mut call: Call) -> Outcome {
    let token = token(&mut call).await?.ok_or_else(|| Problem::field("token", "malformed"))?;
    let host = open(&call)?;
    // An old contact's token stops a change of contacts; every other is the flow's.
    #[cfg(feature = "desk")]
    {
        use recovery::desk::{Desk, change::Stopped};
        let stopped = Desk::new(&host).stop(&token).await.map_err(crate::calls::desk_problem)?;
        if stopped == Stopped::Stopped {
            return no_content();
        }
    }
    let notices = Service::new(&host).disown(&token).await.map_err(problem)?;
    call.send_after_answer(notices);
    no_content()
}

/// The token of a body; `None` where it is a text, but no token.
async fn token(call: &mut Call) -> Result<Option<LinkToken>, Problem> {
    let mut fields = call.fields(TOKEN).await?;
    let token = fields.parse("token", |text| Ok(LinkToken::parse(text)));
    fields.finish()?;
    Ok(token.flatten())
}

fn grant(granted: &Granted) -> Outcome {
    let ticket = granted.ticket.expose();
    json(200, &TicketGranted { ticket, expires_in: granted.expires_in })
}

/// The recovery of the path: a malformed id is answered as an unknown one.
fn recovery_id(call: &Call) -> Result<Id, Problem> {
    Id::parse(call.param("recovery")).ok_or_else(|| Problem::new(slug::RECOVERY_CLOSED))
}

fn open(call: &Call) -> Result<WorkerHost, Problem> {
    WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)
}
