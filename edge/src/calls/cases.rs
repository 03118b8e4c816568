//! `/cases`: the citizen's side of the desk.

use recovery::{
    api::{FieldError, TicketGranted, slug},
    captcha::Form,
    case_api::{CaseMessage, CaseOffices, CaseOpened, CaseStatus},
    desk::{
        Desk, DeskRefusal,
        citizen::{OpenCase, Proof, Status},
        names::{CaseNumber, LookupCode, OfficeId},
        stated::{BirthDate, CaseText, FullName, Stated, StatedError},
    },
    email::{EmailAddress, EmailError},
    flow::ids::LinkToken,
    identifier::{Identifier, IdentifierError},
    locale::Locale,
    phone::{Phone, PhoneError},
};

use crate::{
    call::{Call, json},
    captcha,
    host::{WorkerHost, problem},
    http::{
        input::{Field, Fields},
        problem::Problem,
    },
    operator::OPERATOR,
    table::{Body, Endpoint, Method, Outcome, endpoint},
};

static OPEN: &[Field] = &[
    Field::text("name", 512, "Full name."),
    Field::text("birth_date", 32, "YYYY, YYYY-MM or YYYY-MM-DD."),
    Field::text("identifier", 256, "Mã số BHXH, CCCD number or BHYT card code, as typed."),
    Field::text("phone", 256, "Where the person can be called now. Phone or email is needed.")
        .optional(),
    Field::text("email", 1024, "Where the person reads mail now.").optional(),
    Field::text("office", 64, "Id of an office that takes cases: see /cases/offices."),
    Field::text("message", 8_192, "What was lost.").optional(),
    Field::text("locale", 8, "Language of the answers.").one_of(&["vi", "en"]),
    Field::captcha(),
];
const NUMBER: Field = Field::text("case_number", 64, "As written down.");
const CODE: Field = Field::text("lookup_code", 64, "As written down.");
static PROOF: &[Field] = &[NUMBER, CODE];
static MESSAGE: &[Field] =
    &[NUMBER, CODE, Field::text("message", 8_192, "What to tell the office.")];
static CONTINUE: &[Field] = &[Field::text("token", 256, "The fragment of the link."), CODE];

/// The calls of this file.
pub const CASES: &[Endpoint] = &[
    Endpoint {
        body: Body::Json(OPEN),
        success: (202, Some("CaseOpened")),
        problems: &[slug::CAPTCHA_REJECTED, slug::NOT_FOUND],
        ..endpoint(
            Method::Post,
            "/api/v1/cases",
            "openCase",
            "Opens a case at an office; the account is not looked up.",
            |call| Box::pin(open(call)),
        )
    },
    Endpoint {
        success: (200, Some("CaseOffices")),
        problems: &[slug::NOT_FOUND],
        ..endpoint(
            Method::Get,
            "/api/v1/cases/offices",
            "listCaseOffices",
            "The offices that take cases.",
            |call| Box::pin(offices(call)),
        )
    },
    Endpoint {
        body: Body::Json(PROOF),
        success: (200, Some("CaseStatus")),
        problems: &[slug::CASE_NOT_FOUND],
        ..endpoint(
            Method::Post,
            "/api/v1/cases/status",
            "caseStatus",
            "Where a case stands, and what was said.",
            |call| Box::pin(status(call)),
        )
    },
    Endpoint {
        body: Body::Json(MESSAGE),
        success: (200, Some("CaseStatus")),
        problems: &[slug::CASE_NOT_FOUND, slug::CASE_STATE, slug::CASE_CHANGED],
        ..endpoint(
            Method::Post,
            "/api/v1/cases/message",
            "caseMessage",
            "Adds a message to a case.",
            |call| Box::pin(message(call)),
        )
    },
    Endpoint {
        body: Body::Json(PROOF),
        success: (200, Some("CaseStatus")),
        problems: &[slug::CASE_NOT_FOUND, slug::CASE_STATE, slug::CASE_CHANGED],
        ..endpoint(
            Method::Post,
            "/api/v1/cases/withdraw",
            "withdrawCase",
            "Takes a case back; a second time changes nothing.",
            |call| Box::pin(withdraw(call)),
        )
    },
    Endpoint {
        body: Body::Json(CONTINUE),
        success: (200, Some("TicketGranted")),
        problems: &[slug::LINK_SPENT, slug::CASE_NOT_FOUND],
        ..endpoint(
            Method::Post,
            "/api/v1/cases/continue",
            "continueCase",
            "After changed contact data: link and look-up code lead to a ticket.",
            |call| Box::pin(continue_case(call)),
        )
    },
];

/// 404 where the build has no desk, 503 while an operator has it switched off.
pub fn desk_is_on(call: &Call) -> Result<(), Problem> {
    if !OPERATOR.channels.contains(&"desk") {
        return Err(Problem::new(slug::NOT_FOUND));
    }
    if call.isolate.config.channel_on("desk") { Ok(()) } else { Err(Problem::try_again(3_600)) }
}

/// The host of one call.
pub fn host(call: &Call) -> Result<WorkerHost, Problem> {
    WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)
}

/// The problem that a refusal of the desk is told as.
pub fn desk_problem(refusal: DeskRefusal) -> Problem {
    match refusal {
        DeskRefusal::CaseNotFound => Problem::new(slug::CASE_NOT_FOUND),
        DeskRefusal::CaseChanged => Problem::new(slug::CASE_CHANGED),
        DeskRefusal::CaseState => Problem::new(slug::CASE_STATE),
        DeskRefusal::NotAllowed => Problem::new(slug::NOT_ALLOWED),
        DeskRefusal::SamePerson => Problem::new(slug::SAME_PERSON),
        DeskRefusal::ChecksMissing => Problem::not_yet("check", "missing"),
        DeskRefusal::NoAccount => Problem::not_yet("identifier", "no-account"),
        DeskRefusal::NoContact => Problem::not_yet("contact", "not-reachable"),
        DeskRefusal::NothingToChange => Problem::not_yet("contact", "nothing-to-change"),
        DeskRefusal::FromLetter => Problem::not_yet("contact", "from-letter"),
        DeskRefusal::MessageNotFound | DeskRefusal::LetterNotFound => Problem::new(slug::NOT_FOUND),
        DeskRefusal::MessageSentAgain => Problem::new(slug::MESSAGE_SENT_AGAIN),
        DeskRefusal::MessageOver => Problem::new(slug::MESSAGE_OVER),
        DeskRefusal::NoOffice => Problem::field("office", "not-allowed"),
        DeskRefusal::Flow(refusal) => problem(refusal),
    }
}

/// What is stated, where all of it is good; else each error is noted by its field. What may be
/// absent may be there without anything in it.
pub fn stated(
    get: &dyn Fn(&str) -> Option<String>,
    this_year: u16,
    wrong: &mut Vec<FieldError>,
) -> Option<Stated> {
    let known = |name| get(name).unwrap_or_default();
    let given = |name| get(name).filter(|text| !text.trim().is_empty());
    let mut note = |field: &str, code: &str| {
        wrong.push(FieldError { field: field.to_owned(), code: code.to_owned() });
    };
    let name = FullName::parse(&known("name")).map_err(|e| note("name", e.code())).ok();
    let birth_date = BirthDate::parse(&known("birth_date"), this_year)
        .map_err(|e| note("birth_date", e.code()))
        .ok();
    let identifier = Identifier::parse(&known("identifier"))
        .map_err(|e: IdentifierError| note("identifier", e.code()))
        .ok();
    let phone = given("phone")
        .and_then(|t| Phone::parse(&t).map_err(|e: PhoneError| note("phone", e.code())).ok());
    let email = given("email").and_then(|t| {
        EmailAddress::parse(&t).map_err(|e: EmailError| note("email", e.code())).ok()
    });
    let message = given("message")
        .and_then(|t| CaseText::parse(&t).map_err(|e: StatedError| note("message", e.code())).ok());
    Some(Stated {
        name: name?,
        birth_date: birth_date?,
        identifier: identifier?,
        phone,
        email,
        message,
    })
}

/// The same of a call's body, in which a field may be wrong already.
pub(super) fn stated_in(fields: &mut Fields, this_year: u16) -> Option<Stated> {
    let mut wrong = Vec::new();
    let stated = stated(&|name| fields.text(name).map(str::to_owned), this_year, &mut wrong);
    for error in wrong {
        fields.refuse_once(&error.field, &error.code);
    }
    stated
}

fn text(text: &str) -> Result<CaseText, &'static str> {
    CaseText::parse(text).map_err(StatedError::code)
}

async fn open(mut call: Call) -> Outcome {
    desk_is_on(&call)?;
    let mut fields = call.fields(OPEN).await?;
    let this_year = this_year(call.now());
    let stated = stated_in(&mut fields, this_year);
    let office = fields.parse("office", |t| OfficeId::parse(t).ok_or("not-allowed"));
    let locale = fields.parse("locale", |t| Locale::from_tag(t).ok_or("not-allowed"));
    let payload = fields.parse("captcha", |t| Ok(t.to_owned()));
    fields.finish()?;
    let (Some(stated), Some(office), Some(locale)) = (stated, office, locale) else {
        return Err(Problem::new(slug::INVALID_INPUT));
    };
    if stated.phone.is_none() && stated.email.is_none() {
        return Err(Problem::field("phone", "phone-or-email"));
    }
    let host = host(&call)?;
    let payload = payload.unwrap_or_default();
    let captcha_level = captcha::redeem(&call, &host, Form::Case, &payload).await?;
    let request = OpenCase { stated, office, locale, captcha_level };
    let opened = Desk::new(&host).open_case(&request).await.map_err(desk_problem)?;
    let answer =
        CaseOpened { case_number: opened.number.to_string(), lookup_code: opened.code.to_string() };
    json(202, &answer)
}

/// The year of an instant, from a day before to a day after.
pub fn this_year(now: i64) -> u16 {
    // The mean length of a Gregorian year; a birth date needs no more.
    u16::try_from(1970 + now.div_euclid(31_556_952)).unwrap_or(9_999)
}

/// A date as people here write it, day first, in the order that calls take.
pub fn as_iso(date: &str) -> String {
    let parts: Vec<&str> = date.trim().split(['/', '.', '-']).map(str::trim).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(is_number) {
        return date.to_owned();
    }
    match parts[..] {
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        [month, year] if year.len() == 4 => format!("{year}-{month:0>2}"),
        _ => date.to_owned(),
    }
}

async fn offices(call: Call) -> Outcome {
    desk_is_on(&call)?;
    let host = host(&call)?;
    let offices = Desk::new(&host).offices().await.map_err(desk_problem)?;
    let offices = offices.iter().map(ToString::to_string).collect();
    json(200, &CaseOffices { offices })
}

fn proof(fields: &mut Fields) -> Proof {
    let number = fields.parse("case_number", |t| Ok(CaseNumber::parse(t))).flatten();
    let code = fields.parse("lookup_code", |t| Ok(LookupCode::parse(t))).flatten();
    Proof { number, code }
}

async fn status(mut call: Call) -> Outcome {
    desk_is_on(&call)?;
    let mut fields = call.fields(PROOF).await?;
    let proof = proof(&mut fields);
    fields.finish()?;
    answer(&host(&call)?, &proof).await
}

async fn message(mut call: Call) -> Outcome {
    desk_is_on(&call)?;
    let mut fields = call.fields(MESSAGE).await?;
    let proof = proof(&mut fields);
    let message = fields.parse("message", text);
    fields.finish()?;
    let message = message.ok_or_else(|| Problem::new(slug::INVALID_INPUT))?;
    let host = host(&call)?;
    Desk::new(&host).case_message(&proof, &message).await.map_err(desk_problem)?;
    answer(&host, &proof).await
}

async fn withdraw(mut call: Call) -> Outcome {
    desk_is_on(&call)?;
    let mut fields = call.fields(PROOF).await?;
    let proof = proof(&mut fields);
    fields.finish()?;
    let host = host(&call)?;
    Desk::new(&host).case_withdraw(&proof).await.map_err(desk_problem)?;
    answer(&host, &proof).await
}

async fn answer(host: &WorkerHost, proof: &Proof) -> Outcome {
    let Status { case, said } = Desk::new(host).case_status(proof).await.map_err(desk_problem)?;
    let messages = said.into_iter().map(|said| CaseMessage {
        at: said.at,
        from: if said.by_office { "office" } else { "citizen" }.to_owned(),
        text: said.text,
    });
    json(
        200,
        &CaseStatus {
            case_number: case.number.to_string(),
            state: case.state.as_str().to_owned(),
            office: case.office.to_string(),
            opened_at: case.opened_at,
            changed_at: case.changed_at,
            cooling_until: case.cooling_until,
            messages: messages.collect(),
        },
    )
}

async fn continue_case(mut call: Call) -> Outcome {
    desk_is_on(&call)?;
    let mut fields = call.fields(CONTINUE).await?;
    let token = fields.parse("token", |t| Ok(LinkToken::parse(t))).flatten();
    let code = fields.parse("lookup_code", |t| Ok(LookupCode::parse(t))).flatten();
    fields.finish()?;
    let token = token.ok_or_else(|| Problem::new(slug::LINK_SPENT))?;
    let host = host(&call)?;
    let granted =
        Desk::new(&host).continue_case(&token, code.as_ref()).await.map_err(desk_problem)?;
    let ticket = granted.ticket.expose();
    json(200, &TicketGranted { ticket, expires_in: granted.expires_in })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_right_but_for_hours_around_new_year() {
        assert_eq!(this_year(1_764_547_200), 2025); // 1 December 2025
        assert_eq!(this_year(1_769_904_000), 2026); // 1 February 2026
    }

    #[test]
    fn a_birth_date_is_read_day_first_or_year_first() {
        for (typed, read) in [
            ("28/02/1957", "1957-02-28"),
            (" 8.2.1957 ", "1957-02-08"),
            ("28-02-1957", "1957-02-28"),
            ("02/1957", "1957-02"),
            ("1957", "1957"),
            ("1957-02-28", "1957-02-28"),
            ("28/02/57", "28/02/57"),
            ("hôm qua", "hôm qua"),
            ("", ""),
        ] {
            assert_eq!(as_iso(typed), read, "{typed}");
        }
    }
}
