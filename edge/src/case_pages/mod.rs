//! `/ho-so`: the citizens' pages about cases, as HTML with forms, inside the frame of the site's
//! own pages. Opening a case needs a script, for the captcha; looking one up needs none.
//!
//! What was typed is never in an address: every step is a form's body. What was done leads to a
//! page of its own ([`kept`]), so that loading it again repeats nothing. What could not be done is
//! said on the page that answers the form, with what was typed still there.

mod figures;
mod frame;
mod kept;
mod known;
mod office;
mod open;
mod view;
mod view_case;
mod words;

use std::pin::Pin;

use axum::{
    body::Body as HttpBody,
    http::{HeaderValue, header},
    response::Response,
};
use recovery::{api::slug, locale::Locale, text};
use worker::Env;

use self::{
    figures::{page as public_figures, style as figures_style},
    kept::Kept,
    known::{close, go_on, look, message, receipt, set_password, shown, withdraw},
    office::{Choice, choice, find},
    open::open,
    words::Words,
};
use crate::{
    call::{Call, bytes_answer},
    calls::{desk_host, desk_is_on},
    desk_pages::Form,
    directory,
    http::problem::Problem,
    table::{Body, Caller, Endpoint, Method, Outcome, Param, Work, endpoint},
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
    let (body, query, caller) = match method {
        Method::Post => {
            (Body::Raw("application/x-www-form-urlencoded"), &[] as &[Param], Caller::Form)
        }
        _ => (Body::None, OFFICE, Caller::Page),
    };
    let about = "A page about cases.";
    Endpoint { query, body, caller, ..endpoint(method, path, "page", about, run) }
}

/// What comes of a form or of an address, before it is a page.
enum Next {
    /// A page with this content, at the address after `/ho-so` where it has one of its own.
    Page { status: u16, here: &'static str, body: String },
    /// The first page, with what was typed and what is wrong with it.
    Start { choice: Choice, wrong: Option<Problem> },
    /// It was done: on to the page of its own, or this one where the browser keeps no cookies.
    Done { here: &'static str, kept: Kept, body: String },
    /// The form again, with what was typed, to be sent again.
    Again(Problem),
    /// What could not be done, and the way back.
    Refused(Problem),
    /// To the first page, and nothing is kept any more.
    Forget,
}

impl Next {
    fn page(status: u16, here: &'static str, body: String) -> Self {
        Self::Page { status, here, body }
    }
}

/// What a page or a form does.
type Run =
    for<'a> fn(&'a Call, &'static Words, &'a mut Form) -> Pin<Box<dyn Future<Output = Next> + 'a>>;

/// A page or form of both languages. Every form is read and admitted before it is run.
macro_rules! pages {
    (files: $($file:literal $give:ident;)* pages: $($method:ident $path:literal $run:ident;)*) => {
        &[
            $(
                page(Method::Get, concat!("/ho-so", $file), |call| {
                    Box::pin($give(call, Words::of(Locale::Vi)))
                }),
                page(Method::Get, concat!("/en/ho-so", $file), |call| {
                    Box::pin($give(call, Words::of(Locale::En)))
                }),
            )*
            $(
                page(Method::$method, concat!("/ho-so", $path), |call| {
                    serve($path, call, Words::of(Locale::Vi), |c, w, f| Box::pin($run(c, w, f)))
                }),
                page(Method::$method, concat!("/en/ho-so", $path), |call| {
                    serve($path, call, Words::of(Locale::En), |c, w, f| Box::pin($run(c, w, f)))
                }),
            )*
        ]
    };
}

/// The routes; not part of the contract's table, which is for programs.
pub static PAGES: &[Endpoint] = pages! {
    files:
    "/case.js" script;
    "/case.css" style;
    "/so-lieu" public_figures;
    "/so-lieu.css" figures_style;
    pages:
    Get "" start;
    Get "/da-nhan" receipt;
    Get "/xem" shown;
    Get "/da-dat" shown;
    Post "/tim" find;
    Post "/gui" open;
    Post "/xem" look;
    Post "/nhan" message;
    Post "/rut" withdraw;
    Post "/xong" close;
    Post "/tiep" go_on;
    Post "/mat-khau" set_password;
};

/// The case pages' own script. The link's secret leaves the address before anything else; the captcha
/// is solved when a form is sent; a form is sent once; a search for the office sends what was
/// searched for, and leaves all else on the page.
async fn script(_: Call, _: &'static Words) -> Outcome {
    bytes_answer(200, "text/javascript; charset=utf-8", include_bytes!("case.js").to_vec())
}

async fn style(_: Call, _: &'static Words) -> Outcome {
    bytes_answer(200, "text/css; charset=utf-8", include_bytes!("case.css").to_vec())
}

fn serve(path: &'static str, call: Call, words: &'static Words, run: Run) -> Work {
    Box::pin(served(path, call, words, run))
}

/// Reads a form and runs it, or gives it back where it is not to be taken; then draws the page.
async fn served(path: &'static str, mut call: Call, words: &'static Words, run: Run) -> Outcome {
    let barred = call.barred.take();
    let mut typed = Form::default();
    let next = match (barred, read(&mut call).await) {
        // What another site sent nobody typed here: none of it is shown.
        (Some(problem), _) if problem.slug() == slug::CROSS_SITE => Next::Refused(problem),
        (Some(problem), Ok(form)) => {
            typed = form;
            Next::Again(problem)
        }
        (Some(problem), Err(_)) | (None, Err(problem)) => Next::Refused(problem),
        (None, Ok(form)) => {
            typed = form;
            run(&call, words, &mut typed).await
        }
    };
    let mut cookie = None;
    let (mut status, mut here, mut problem) = (200, "", None);
    let body = match next {
        Next::Page { status: of_page, here: at, body } => {
            (status, here) = (of_page, at);
            body
        }
        Next::Start { choice, wrong } => {
            status = wrong.as_ref().map_or(200, Problem::status);
            let body = view::start(words, &choice, &typed, wrong.as_ref());
            // Whether this browser keeps cookies is known by the time a form is sent.
            cookie = (!kept::can_keep(&call.headers)).then(kept::probe);
            body
        }
        Next::Done { here, kept, body } => {
            if kept::can_keep(&call.headers)
                && let Ok(host) = desk_host(&call)
                && let Some(cookie) = kept::keep(&host, &kept).await
            {
                return see(words, here, cookie);
            }
            body
        }
        Next::Again(told) => {
            let body = view_case::again(words, path, &typed, &told);
            problem = Some(told);
            body
        }
        Next::Refused(told) => {
            let body = view_case::refused(words, &told);
            problem = Some(told);
            body
        }
        Next::Forget => return see(words, "", kept::forget()),
    };
    if let Some(problem) = &problem {
        status = problem.status();
    }
    let mut page = framed(&call.env, words, status, here, &body).await?;
    if let Some(cookie) = cookie {
        page.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(match problem {
        Some(problem) => in_time(page, &problem),
        None => page,
    })
}

/// The fields of a form, without what no person types: control characters, marks of direction that
/// would make a text read as another. A password stays as it is.
async fn read(call: &mut Call) -> Result<Form, Problem> {
    let mut form = Form::parse(&call.bytes().await?);
    for (_, value) in form.0.iter_mut().filter(|(name, _)| name != "password") {
        let is_line = |c| matches!(c, '\n' | '\r' | '\t');
        let is_noise = |c| c == '\u{FFFD}' || text::is_direction(c) || text::is_control(c);
        value.retain(|c| is_line(c) || !is_noise(c));
    }
    // Bytes that are no text.
    if form.raw("password").contains('\u{FFFD}') {
        return Err(Problem::new(slug::INVALID_INPUT));
    }
    Ok(form)
}

/// The page with this content, in the site's frame; `here` is its address after `/ho-so`.
async fn framed(env: &Env, words: &Words, status: u16, here: &str, body: &str) -> Outcome {
    let frame = directory::page_of_this_build(env, frame::frame_of(words.locale)).await;
    html(status, frame::in_frame(words, frame.as_deref(), here, body))
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

/// To another page of these.
fn see(words: &Words, here: &str, cookie: HeaderValue) -> Outcome {
    let mut response = html(303, String::new())?;
    let to = [frame::base(words.locale), here].concat();
    let to = HeaderValue::from_str(&to).map_err(|_| Problem::new(slug::INTERNAL))?;
    response.headers_mut().insert(header::LOCATION, to);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The first page, with the office of the page that the visitor comes from.
async fn start(call: &Call, _: &'static Words, typed: &mut Form) -> Next {
    let mut choice = match choice_now(call).await {
        Ok(choice) => choice,
        Err(problem) => return Next::Refused(problem),
    };
    if let Some(office) = office::of_page(call, &mut choice).await {
        typed.0.push(("office".to_owned(), office));
    }
    Next::Start { choice, wrong: None }
}

/// The offices that take cases, where the desk is on.
async fn choice_now(call: &Call) -> Result<Choice, Problem> {
    desk_is_on(call)?;
    choice(call, &desk_host(call)?).await
}

/// When to come back, for programs.
fn in_time(mut page: Response, problem: &Problem) -> Response {
    if let Some(seconds) = problem.retry_after() {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    page
}

/// A page that says what could not be done, and leads on.
async fn refused(env: &Env, words: &Words, problem: &Problem) -> Outcome {
    let page = framed(env, words, problem.status(), "", &view_case::refused(words, problem)).await;
    Ok(in_time(page?, problem))
}

/// What is refused before a page of these is asked, as a page.
pub async fn told(env: &Env, path: &str, problem: &Problem) -> Response {
    let locale = if path.starts_with("/en/") { Locale::En } else { Locale::Vi };
    let page = refused(env, Words::of(locale), problem).await;
    page.unwrap_or_else(|problem| problem.into_response(locale))
}
