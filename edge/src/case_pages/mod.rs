//! `/ho-so`: the citizens' pages about cases, as HTML with forms, inside the frame of the site's
//! own pages. Opening a case needs a script, for the captcha; looking one up needs none.
//!
//! What was typed is never in an address: every step is a form's body. The answer to opening a
//! case shows the look-up code this once.

mod figures;
mod frame;
mod office;
mod view;
mod words;

use std::rc::Rc;

use axum::{
    body::Body as HttpBody,
    http::{HeaderValue, header},
    response::Response,
};
use recovery::{
    api::slug,
    captcha::Form as CaptchaForm,
    desk::{
        Desk,
        citizen::{OpenCase, Opened, Proof, Status},
        names::{CaseNumber, LookupCode, OfficeId},
        stated::{BirthDate, CaseText, FullName, Stated, StatedError},
    },
    email::{EmailAddress, EmailError},
    flow::{
        Service,
        ids::{LinkToken, Secret},
    },
    identifier::{Identifier, IdentifierError},
    locale::Locale,
    phone::{Phone, PhoneError},
};

use self::{
    figures::{page as public_figures, style as figures_style},
    office::{Choice, choice, find},
    words::Words,
};
use crate::{
    call::Call,
    calls::{BUSY, desk_host, desk_is_on, desk_problem, this_year},
    captcha,
    desk_pages::Form,
    directory,
    host::problem,
    http::problem::Problem,
    table::{Body, Endpoint, Method, Outcome, Param, Work, endpoint},
};

/// The site's own files and calls, forms to ourselves, the captcha's worker.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; \
                   connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                   frame-ancestors 'none'";

/// An office's own page leads here with its id; nothing about a person is ever in an address.
const OFFICE: &[Param] = &[Param {
    name: "office",
    one_of: &[],
    required: false,
    about: "The office whose page the visitor comes from.",
}];

const fn page(method: Method, path: &'static str, run: fn(Call) -> Work) -> Endpoint {
    let body = match method {
        Method::Post => Body::Raw("application/x-www-form-urlencoded"),
        _ => Body::None,
    };
    let query = match method {
        Method::Get => OFFICE,
        _ => &[],
    };
    Endpoint { query, body, ..endpoint(method, path, "page", "A page about cases.", run) }
}

/// The same pages in both languages.
macro_rules! pages {
    ($($method:ident $path:literal $run:ident;)*) => {
        &[$(
            page(Method::$method, concat!("/ho-so", $path), |call| {
                Box::pin($run(call, Locale::Vi))
            }),
            page(Method::$method, concat!("/en/ho-so", $path), |call| {
                Box::pin($run(call, Locale::En))
            }),
        )*]
    };
}

/// The routes; not part of the contract's table, which is for programs.
pub static PAGES: &[Endpoint] = pages! {
    Get "" start;
    Get "/case.js" script;
    Get "/so-lieu" public_figures;
    Get "/so-lieu.css" figures_style;
    Post "/tim" find;
    Post "/gui" open;
    Post "/xem" look;
    Post "/nhan" message;
    Post "/rut" withdraw;
    Post "/tiep" go_on;
    Post "/mat-khau" set_password;
};

async fn script(_: Call, _: Locale) -> Outcome {
    let text = include_str!("case.js").as_bytes().to_vec();
    crate::call::bytes_answer(200, "text/javascript; charset=utf-8", text)
}

/// The page with this content, in the site's frame.
async fn answer(call: &Call, words: &Words, status: u16, body: String) -> Outcome {
    let frame = directory::page_of_this_build(&call.env, frame::frame_of(words.locale)).await;
    html(status, frame::in_frame(words, frame.as_deref(), &body))
}

/// A page with its status and policy.
fn html(status: u16, html: String) -> Outcome {
    let mut response = Response::builder()
        .status(status)
        .body(HttpBody::from(html))
        .map_err(|_| Problem::new(slug::INTERNAL))?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    // The site's own policy, no referrer at all, makes browsers send `Origin: null` with forms.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

async fn start(call: Call, locale: Locale) -> Outcome {
    form_page(&call, Words::of(locale), 200, &Form::default(), None).await
}

/// The first page, with what was typed and what is wrong with it.
async fn form_page(
    call: &Call,
    words: &Words,
    status: u16,
    typed: &Form,
    wrong: Option<&Problem>,
) -> Outcome {
    let found = async {
        desk_is_on(call)?;
        let choice = choice(call, &desk_host(call)?).await?;
        let of_page = office::of_page(call, &choice).await?;
        Ok((choice, of_page))
    };
    match found.await {
        Ok((choice, Some(office))) if typed.0.is_empty() => {
            let chosen = Form(vec![("office".to_owned(), office)]);
            start_page(call, words, status, &choice, &chosen, wrong).await
        }
        Ok((choice, _)) => start_page(call, words, status, &choice, typed, wrong).await,
        Err(problem) => refused(call, words, &problem).await,
    }
}

async fn start_page(
    call: &Call,
    words: &Words,
    status: u16,
    choice: &Choice,
    typed: &Form,
    wrong: Option<&Problem>,
) -> Outcome {
    answer(call, words, status, view::start(words, choice, typed, wrong)).await
}

/// A page that says what could not be done, and leads on.
async fn refused(call: &Call, words: &Words, problem: &Problem) -> Outcome {
    let body = view::refused(words, problem);
    answer(call, words, problem.status(), body).await
}

async fn open(mut call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let form = match Form::read(&mut call).await {
        Ok(form) => form,
        Err(problem) => return refused(&call, words, &problem).await,
    };
    match try_open(&call, locale, &form).await {
        Ok(opened) => answer(&call, words, 200, view::opened(words, &opened)).await,
        Err(problem) => form_page(&call, words, problem.status(), &form, Some(&problem)).await,
    }
}

/// A date as people here write it, day first, in the order that calls take.
fn as_iso(date: &str) -> String {
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

async fn try_open(call: &Call, locale: Locale, form: &Form) -> Result<Opened, Problem> {
    desk_is_on(call)?;
    let mut errors = Vec::new();
    let mut note = |field: &str, code: &str| {
        errors.push(recovery::api::FieldError { field: field.to_owned(), code: code.to_owned() });
    };
    let this_year = this_year(call.now());
    let text = |name| form.get(name).unwrap_or_default();
    let name = FullName::parse(text("name")).map_err(|e| note("name", e.code())).ok();
    let birth_date = BirthDate::parse(&as_iso(text("birth_date")), this_year)
        .map_err(|e| note("birth_date", e.code()))
        .ok();
    let identifier = Identifier::parse(text("identifier"))
        .map_err(|e: IdentifierError| note("identifier", e.code()))
        .ok();
    let phone = form
        .get("phone")
        .and_then(|t| Phone::parse(t).map_err(|e: PhoneError| note("phone", e.code())).ok());
    let email = form
        .get("email")
        .and_then(|t| EmailAddress::parse(t).map_err(|e: EmailError| note("email", e.code())).ok());
    let message = form
        .get("message")
        .and_then(|t| CaseText::parse(t).map_err(|e: StatedError| note("message", e.code())).ok());
    let office = OfficeId::parse(text("office"));
    if office.is_none() {
        note("office", "missing");
    }
    if form.get("phone").is_none() && form.get("email").is_none() {
        note("phone", "phone-or-email");
    }
    let (Some(name), Some(birth_date), Some(identifier), Some(office), true) =
        (name, birth_date, identifier, office, errors.is_empty())
    else {
        return Err(Problem::invalid(errors));
    };
    let host = desk_host(call)?;
    let captcha_level = captcha::redeem(call, &host, CaptchaForm::Case, text("captcha")).await?;
    let stated = Stated { name, birth_date, identifier, phone, email, message };
    let request = OpenCase { stated, office, locale, captcha_level };
    Desk::new(&host).open_case(&request).await.map_err(desk_problem)
}

fn proof(form: &Form) -> Proof {
    Proof {
        number: form.get("case_number").and_then(CaseNumber::parse),
        code: form.get("lookup_code").and_then(LookupCode::parse),
    }
}

/// What a form about a known case does before the case is shown again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Look,
    Message,
    Withdraw,
}

async fn look(call: Call, locale: Locale) -> Outcome {
    known(call, locale, Deed::Look).await
}

async fn message(call: Call, locale: Locale) -> Outcome {
    known(call, locale, Deed::Message).await
}

async fn withdraw(call: Call, locale: Locale) -> Outcome {
    known(call, locale, Deed::Withdraw).await
}

async fn known(mut call: Call, locale: Locale, deed: Deed) -> Outcome {
    let words = Words::of(locale);
    let form = match Form::read(&mut call).await {
        Ok(form) => form,
        Err(problem) => return refused(&call, words, &problem).await,
    };
    let proof = proof(&form);
    let done = async {
        desk_is_on(&call)?;
        let host = desk_host(&call)?;
        let desk = Desk::new(&host);
        let wrong = match deed {
            Deed::Look => None,
            Deed::Withdraw => desk.case_withdraw(&proof).await.map_err(desk_problem).err(),
            Deed::Message => match CaseText::parse(form.get("text").unwrap_or_default()) {
                Ok(text) => desk.case_message(&proof, &text).await.map_err(desk_problem).err(),
                Err(error) => Some(Problem::field("text", error.code())),
            },
        };
        let status: Status = desk.case_status(&proof).await.map_err(desk_problem)?;
        let choice = choice(&call, &host).await?;
        Ok::<_, Problem>((status, choice, wrong))
    };
    match done.await {
        Ok((status, choice, wrong)) => {
            let code = wrong.as_ref().map_or(200, Problem::status);
            let body = view::status(words, &status, &choice, &form, wrong.as_ref());
            answer(&call, words, code, body).await
        }
        Err(problem) => form_page(&call, words, problem.status(), &form, Some(&problem)).await,
    }
}

/// Link and look-up code: the ticket's quarter of an hour begins here.
async fn go_on(mut call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let granted = async {
        desk_is_on(&call)?;
        let form = Form::read(&mut call).await?;
        let token = form.get("token").and_then(LinkToken::parse);
        let token = token.ok_or_else(|| Problem::new(slug::LINK_SPENT))?;
        let code = form.get("lookup_code").and_then(LookupCode::parse);
        let host = desk_host(&call)?;
        let granted = Desk::new(&host).continue_case(&token, code.as_ref()).await;
        granted.map_err(desk_problem)
    };
    match granted.await {
        Ok(granted) => {
            let body = view::password(words, &granted.ticket.expose(), None);
            answer(&call, words, 200, body).await
        }
        Err(problem) => refused(&call, words, &problem).await,
    }
}

async fn set_password(mut call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let form = match Form::read(&mut call).await {
        Ok(form) => form,
        Err(problem) => return refused(&call, words, &problem).await,
    };
    let ticket = form.get("ticket").and_then(Secret::parse);
    let Some(ticket) = ticket else {
        return refused(&call, words, &Problem::new(slug::TICKET_SPENT)).await;
    };
    let done = async {
        desk_is_on(&call)?;
        let isolate = Rc::clone(&call.isolate);
        // Held over load, derivation and commit: see `permits`.
        let permit = isolate.derivations.acquire(call.now_ms);
        let _permit = permit.ok_or_else(|| Problem::try_again(BUSY))?;
        let host = desk_host(&call)?;
        let typed = form.raw("password");
        Service::new(&host).set_password(&ticket, typed).await.map_err(problem)
    };
    match done.await {
        Ok(notices) => {
            call.send_after_answer(notices);
            answer(&call, words, 200, view::done(words)).await
        }
        // The ticket is kept: another password may be tried.
        Err(problem) if problem.slug() != slug::TICKET_SPENT => {
            let body = view::password(words, &ticket.expose(), Some(&problem));
            answer(&call, words, problem.status(), body).await
        }
        Err(problem) => refused(&call, words, &problem).await,
    }
}

#[cfg(test)]
mod tests {
    use super::as_iso;

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
