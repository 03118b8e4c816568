//! `/ban-lam-viec`: the officers' pages, as plain HTML with forms. They need no script; a small
//! one brings shortcuts. Citizens never fetch any of it.
//!
//! A form's answer leads back to the page by a redirect, so that a reload repeats nothing. What
//! could not be done is said on the page itself, with what was seen still there.

mod case;
mod course;
mod figures;
mod figures_csv;
mod html;
mod letters;
mod post;
mod queue;
mod words;

use axum::{
    body::Body as HttpBody,
    http::{HeaderValue, header},
    response::Response,
};
use recovery::{
    api::slug,
    desk::{
        Desk,
        case::{CaseState, Check, Reason},
        decide::Seen,
        names::OfficeId,
        review::Filter,
        staff::{Act, Staff},
        stated::{CaseText, StatedError},
        store::QueueOrder,
    },
    flow::ids::Id,
    locale::Locale,
};

pub use self::html::{esc, moment, office};
use self::{
    figures::{file as figures_file, page as figures_page, resend as figures_resend},
    html::base,
    post::{
        discard as discard_letter, list as letters_page, take as take_letter, view as letter_page,
    },
    words::Words,
};
use crate::{
    access,
    call::Call,
    calls::{With, desk_host, desk_is_on, desk_problem, perform},
    directory,
    host::WorkerHost,
    http::problem::Problem,
    table::{Body, Endpoint, Method, Outcome, Param, Work, endpoint},
};

/// Own style sheet and script, forms to ourselves, and nothing else.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; \
                   base-uri 'none'; frame-ancestors 'none'";

static QUEUE: &[Param] = &[
    param("state", "Only in this state."),
    param("mine", "Only the caller's own."),
    param("order", "Which come first."),
    param("after", "Where the last page ended."),
    SAVED,
];
const SAVED: Param = param("saved", "What was done, after a form was taken.");
static CASE: &[Param] = &[SAVED];

const fn param(name: &'static str, about: &'static str) -> Param {
    Param { name, one_of: &[], required: false, about }
}

const fn page(
    method: Method,
    path: &'static str,
    query: &'static [Param],
    run: fn(Call) -> Work,
) -> Endpoint {
    let body = match method {
        Method::Post => Body::Raw("application/x-www-form-urlencoded"),
        _ => Body::None,
    };
    Endpoint { query, body, ..endpoint(method, path, "page", "A page of the desk.", run) }
}

/// The same pages in both languages.
macro_rules! pages {
    ($($method:ident $path:literal $query:ident $run:ident;)*) => {
        &[$(
            page(Method::$method, concat!("/ban-lam-viec", $path), $query, |call| {
                Box::pin($run(call, Locale::Vi))
            }),
            page(Method::$method, concat!("/en/ban-lam-viec", $path), $query, |call| {
                Box::pin($run(call, Locale::En))
            }),
        )*]
    };
}

static NONE: &[Param] = &[];
static LETTERS: &[Param] = &[param("after", "Where the last page ended."), SAVED];
static FIGURES: &[Param] = &[param("days", "So many days up to today."), SAVED];

/// The routes; not part of the contract's table, which is for programs.
pub static PAGES: &[Endpoint] = pages! {
    Get "" QUEUE queue_page;
    Get "/desk.css" NONE style;
    Get "/desk.js" NONE script;
    Get "/giam-sat" NONE oversight;
    Get "/so-lieu" FIGURES figures_page;
    Get "/so-lieu.csv" FIGURES figures_file;
    Post "/so-lieu/gui-lai" NONE figures_resend;
    Post "/tim" NONE search;
    Get "/thu" LETTERS letters_page;
    Get "/thu/{letter}" NONE letter_page;
    Post "/thu/{letter}" NONE take_letter;
    Post "/thu/{letter}/bo" NONE discard_letter;
    Get "/ho-so/{case}" CASE case_page;
    Post "/ho-so/{case}" NONE act;
};

/// Own file: citizens never fetch it, and officers need no more than this.
async fn style(_: Call, _: Locale) -> Outcome {
    file("text/css; charset=utf-8", include_str!("desk.css"))
}

/// Shortcuts, listed by `?`; and a form takes along what stands in the others' fields, where it is
/// short, so that a refusal gives it back. Everything works without it. What is said here and not in
/// the files themselves does not weigh.
async fn script(_: Call, _: Locale) -> Outcome {
    file("text/javascript; charset=utf-8", include_str!("desk.js"))
}

fn file(media: &'static str, text: &'static str) -> Outcome {
    crate::call::bytes_answer(200, media, text.as_bytes().to_vec())
}

/// A page with its status.
fn answer(status: u16, html: String) -> Outcome {
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

/// Whoever may not enter, or asks for what is not there, gets a page that says so.
fn refused(words: &Words, staff: Option<&Staff>, problem: &Problem) -> Outcome {
    let told = case::told(words, problem);
    let title = words.failed;
    let body = format!("{told}<p><a href=\"{}\">{}</a></p>", base(words.locale), words.back);
    answer(problem.status(), html::page(words, staff, title, "", &body))
}

/// The same for what is refused before a page of these is asked.
pub fn told(path: &str, problem: &Problem) -> Response {
    let locale = if path.starts_with("/en/") { Locale::En } else { Locale::Vi };
    let page = refused(Words::of(locale), None, problem);
    page.unwrap_or_else(|problem| problem.into_response(locale))
}

/// The same for somebody who has not signed in. Only `cargo xtask dev` says where one chooses who one
/// is, and only on the own machine: a deployment signs in before its requests come here.
fn unknown(call: &Call, words: &Words, problem: &Problem) -> Outcome {
    let local = call.env.var("DEV_SIGN_IN").ok().map(|url| url.to_string());
    let local = local.filter(|url| url.starts_with("http://localhost:"));
    let Some(url) = local.filter(|_| problem.slug() == slug::NOT_SIGNED_IN) else {
        return refused(words, None, problem);
    };
    let choose = words.pick("Chọn cán bộ thử trên máy này", "Choose who of the test staff you are");
    let body =
        format!("{}<p><a href=\"{}\">{choose}</a></p>", case::told(words, problem), esc(&url));
    answer(problem.status(), html::page(words, None, words.failed, "", &body))
}

async fn enter(call: &Call) -> Result<(WorkerHost, Staff), Problem> {
    desk_is_on(call)?;
    let host = desk_host(call)?;
    let staff = access::staff(call, &host).await?;
    // For the offices' names. Without it pages show ids; the log says why.
    let _ = directory::of_this_build(&call.env).await;
    Ok((host, staff))
}

/// Enters, or answers with the page that says why not.
macro_rules! entered {
    ($call:ident, $words:ident) => {
        match enter(&$call).await {
            Ok(entered) => entered,
            Err(problem) => return unknown(&$call, $words, &problem),
        }
    };
}

async fn queue_page(call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = entered!(call, words);
    let query = call.query()?;
    let value = |name: &str| query.iter().find(|(key, _)| *key == name).map(|(_, v)| v.as_str());
    let after = value("after").and_then(|text| {
        let (at, id) = text.split_once('.')?;
        Some((at.parse().ok()?, Id::parse(id)?))
    });
    let filter = Filter {
        state: value("state").and_then(CaseState::from_tag),
        mine: value("mine").is_some_and(|mine| mine == "1"),
        search: None,
        order: match value("order") {
            Some("newest") => QueueOrder::NewestFirst,
            _ => QueueOrder::OldestFirst,
        },
        after,
    };
    match Desk::new(&host).queue(&staff, &filter).await {
        Ok(cases) => {
            let notice = value("saved").map(|act| case::saved(words, act, None));
            let notice = notice.unwrap_or_default();
            answer(200, queue::page(words, &staff, &filter, &cases, call.now(), &notice))
        }
        Err(refusal) => refused(words, Some(&staff), &desk_problem(refusal)),
    }
}

async fn search(mut call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = entered!(call, words);
    let fields = match Form::read(&mut call).await {
        Ok(fields) => fields,
        Err(problem) => return refused(words, Some(&staff), &problem),
    };
    let typed = fields.get("q").unwrap_or_default().to_owned();
    let filter = Filter { search: Some(typed), ..Filter::default() };
    match Desk::new(&host).queue(&staff, &filter).await {
        Ok(cases) => answer(200, queue::page(words, &staff, &filter, &cases, call.now(), "")),
        Err(refusal) => refused(words, Some(&staff), &desk_problem(refusal)),
    }
}

async fn oversight(call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = entered!(call, words);
    let desk = Desk::new(&host);
    let both = async {
        let figures = desk.figures(&staff).await?;
        Ok((figures, desk.verify_audit(&staff, crate::calls::MOST_RECORDS).await?))
    };
    match both.await {
        Ok((figures, report)) => answer(200, queue::oversight(words, &staff, &figures, &report)),
        Err(refusal) => refused(words, Some(&staff), &desk_problem(refusal)),
    }
}

/// The case of the path: a malformed id is answered as an unknown one.
fn case_id(call: &Call) -> Result<Id, Problem> {
    Id::parse(call.param("case")).ok_or_else(|| Problem::new(slug::CASE_NOT_FOUND))
}

async fn case_page(call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = entered!(call, words);
    let query = call.query()?;
    let saved = query.into_iter().find(|(name, _)| *name == "saved").map(|(_, act)| act);
    let id = match case_id(&call) {
        Ok(id) => id,
        Err(problem) => return refused(words, Some(&staff), &problem),
    };
    let notice = |state| {
        saved.as_deref().map_or_else(String::new, |act| case::saved(words, act, Some(state)))
    };
    show(words, &host, &staff, &id, 200, &Form::default(), notice).await
}

async fn show(
    words: &Words,
    host: &WorkerHost,
    staff: &Staff,
    id: &Id,
    status: u16,
    typed: &Form,
    notice: impl FnOnce(CaseState) -> String,
) -> Outcome {
    let desk = Desk::new(host);
    let both = async { Ok((desk.view(staff, id).await?, desk.offices().await?)) };
    match both.await {
        Ok((view, offices)) => {
            let notice = notice(view.case.state);
            answer(status, case::page(words, staff, &view, &offices, typed, &notice))
        }
        Err(refusal) => refused(words, Some(staff), &desk_problem(refusal)),
    }
}

async fn act(mut call: Call, locale: Locale) -> Outcome {
    let words = Words::of(locale);
    let (host, staff) = entered!(call, words);
    let id = match case_id(&call) {
        Ok(id) => id,
        Err(problem) => return refused(words, Some(&staff), &problem),
    };
    let mut typed = Form::default();
    let done = async {
        typed = Form::parse(&call.bytes().await?);
        let fields = typed.readable()?;
        let act = fields.get("act").and_then(Act::from_tag);
        let version = fields.get("version").and_then(|text| text.parse().ok());
        let (Some(act), Some(version)) = (act, version) else {
            return Err(Problem::new(slug::INVALID_INPUT));
        };
        let seen = Seen { case: id, version };
        let sent = perform(&host, &staff, act, &seen, fields.with()?).await?;
        Ok((act, sent))
    };
    match done.await {
        Ok((act, sent)) => {
            call.send_after_answer(sent);
            let case = match act {
                Act::HandOver => String::new(),
                _ => format!("/ho-so/{id}"),
            };
            let to = format!("{}{case}?saved={}", base(locale), act.as_str());
            let mut response = answer(303, String::new())?;
            let to = HeaderValue::from_str(&to).map_err(|_| Problem::new(slug::INTERNAL))?;
            response.headers_mut().insert(header::LOCATION, to);
            Ok(response)
        }
        Err(problem) => {
            let told = case::told(words, &problem);
            show(words, &host, &staff, &id, problem.status(), &typed, |_| told).await
        }
    }
}

/// The fields of a submitted form.
#[derive(Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// Reads a body; bytes that are no text are refused.
    pub async fn read(call: &mut Call) -> Result<Self, Problem> {
        let form = Self::parse(&call.bytes().await?);
        form.readable()?;
        Ok(form)
    }

    fn readable(&self) -> Result<&Self, Problem> {
        if self.0.iter().any(|(_, value)| value.contains('\u{FFFD}')) {
            return Err(Problem::field("text", "control-character"));
        }
        Ok(self)
    }

    /// Reads bytes; those that are no text as U+FFFD.
    pub fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// What a field holds, as it was typed.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// What a field holds, where it holds anything.
    pub fn get(&self, name: &str) -> Option<&str> {
        Some(self.raw(name)).filter(|value| !value.trim().is_empty())
    }

    /// What comes with an act.
    fn with(&self) -> Result<With, Problem> {
        let wrong = |name: &'static str| move || Problem::field(name, "not-allowed");
        let text = self.get("text").map(CaseText::parse).transpose();
        let text = text.map_err(|error: StatedError| Problem::field("text", error.code()))?;
        let read = |name| self.get(name);
        Ok(With {
            check: read("check")
                .map(|t| Check::from_tag(t).ok_or_else(wrong("check")))
                .transpose()?,
            text,
            office: read("office")
                .map(|t| OfficeId::parse(t).ok_or_else(wrong("office")))
                .transpose()?,
            reason: read("reason")
                .map(|t| Reason::from_tag(t).ok_or_else(wrong("reason")))
                .transpose()?,
            contact: read("contact").map(str::to_owned),
        })
    }
}
