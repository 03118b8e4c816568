//! The way of one request: into our own types, through the checks, to its call, and back
//! with the headers that every answer carries.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use axum::{
    Router,
    body::Body,
    extract::{RawPathParams, Request, rejection::RawPathParamsRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use recovery::{api::slug, desk::figures::store::Limit, locale::Locale};
use tower_service::Service as _;
use worker::{
    Context, Env, Headers, ResponseBuilder,
    send::{SendFuture, SendWrapper},
    web_sys,
};

use crate::{
    call::{Call, now_ms, random},
    http::{client, headers, language, origin, problem::Problem},
    isolate::Isolate,
    limits,
    log::{Level, Line},
    operator::{Mode, OPERATOR},
    table::{self, Body as Reads, Caller, Endpoint, Method as Verb},
};

/// What the router needs besides the request itself.
#[derive(Clone)]
struct Arrival(SendWrapper<Rc<ArrivalParts>>);

struct ArrivalParts {
    env: Env,
    ctx: Rc<Context>,
    isolate: Rc<Isolate>,
    request_id: String,
    /// Language of the answer, and the pattern of the route, for the log.
    locale: Rc<RefCell<Locale>>,
    route: RefCell<&'static str>,
    problem: RefCell<&'static str>,
    /// No line about this request: see [`Reads::Provider`].
    quiet: Cell<bool>,
    /// See [`Call::outbox_waits`].
    outbox_waits: Rc<Cell<bool>>,
    own_origin: String,
}

/// The methods of an address of a provider of texts.
const PROVIDERS: &str = "GET, POST";
/// From the desk's Worker to the site's, which takes it off and sends what waits: `entry.js`.
const OUTBOX_WAITS: &str = "x-outbox-waits";

thread_local! {
    static ROUTER: Router = router();
}

fn router() -> Router {
    let mut router = Router::new();
    for endpoint in table::endpoints() {
        router = router.route(endpoint.path, route(endpoint));
    }
    #[cfg(feature = "desk")]
    for page in crate::desk_pages::PAGES.iter().chain(crate::case_pages::PAGES) {
        router = router.route(page.path, route(page));
    }
    #[cfg(feature = "site")]
    {
        let turnstile = axum::routing::get(async |request: Request| turnstile(&request));
        router = router.route("/form/{name}", crate::form_page::route());
        router = router.route("/form/turnstile", turnstile);
    }
    #[cfg(feature = "contract-tests")]
    {
        let env = |request: &Request| Some(request.extensions().get::<Arrival>()?.0.env.clone());
        router = router.route("/api/contract", crate::contract::route(env));
        router = router.route("/api/trap", crate::contract::trap());
        router = router.route("/api/work", crate::contract::work());
        router = router.route("/api/statements", crate::contract::statements());
    }
    router
        .method_not_allowed_fallback(async |request: Request| {
            of_form(&request).unwrap_or_else(|| refuse(&request, other_method(&request)))
        })
        .fallback(async |request: Request| refuse(&request, Problem::new(slug::NOT_FOUND)))
}

fn route(endpoint: &'static Endpoint) -> MethodRouter {
    let filter = match endpoint.method {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Delete => MethodFilter::DELETE,
    };
    on(
        filter,
        async move |params: Result<RawPathParams, RawPathParamsRejection>, request: Request| {
            SendFuture::new(handle(endpoint, params.ok().as_ref(), request)).await
        },
    )
}

/// A method that the address has not. Which it has, the router says by itself, HEAD with every
/// GET; an address of a provider of texts has none.
fn other_method(request: &Request) -> Problem {
    if request.uri().path().starts_with("/api/v1/sms/") {
        return Problem::method_not_allowed(PROVIDERS.to_owned());
    }
    Problem::new(slug::METHOD_NOT_ALLOWED)
}

/// Whoever comes back to the address that a page's form was sent to gets the page: browsers open
/// such addresses again when they restore their tabs.
fn of_form(request: &Request) -> Option<Response> {
    let path = request.uri().path();
    let (page, _) = path.rsplit_once('/')?;
    let is_page = request.method() == Method::GET && !path.starts_with("/api/") && !page.is_empty();
    let to = HeaderValue::from_str(page).ok().filter(|_| is_page)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, to);
    Some(response)
}

/// The arrival and the answer's language; a request without one never comes from [`serve`].
fn refuse(request: &Request, problem: Problem) -> Response {
    let arrival = request.extensions().get::<Arrival>();
    let locale = arrival.map_or(Locale::Vi, |arrival| *arrival.0.locale.borrow());
    if let Some(arrival) = arrival {
        *arrival.0.problem.borrow_mut() = problem.slug();
    }
    problem.into_response(locale)
}

/// The frame of the captcha, where the operator chose one of a third party.
#[cfg(feature = "site")]
fn turnstile(request: &Request) -> Response {
    let page = match request.extensions().get::<Arrival>() {
        Some(Arrival(arrival)) => {
            crate::turnstile_page::answer(&arrival.isolate.config, request.uri())
        }
        None => Err(Problem::new(slug::INTERNAL)),
    };
    page.unwrap_or_else(|problem| refuse(request, problem))
}

async fn handle(
    endpoint: &'static Endpoint,
    params: Option<&RawPathParams>,
    request: Request,
) -> Response {
    let Some(Arrival(arrival)) = request.extensions().get::<Arrival>().cloned() else {
        return Problem::new(slug::INTERNAL).into_response(Locale::Vi);
    };
    *arrival.route.borrow_mut() = endpoint.path;
    let outcome = match admit(endpoint, &arrival, params, request) {
        Ok(call) => {
            let barred = call.barred.as_ref().map(Problem::slug);
            let outcome = (endpoint.run)(call).await;
            let status = match &outcome {
                Ok(response) => response.status().as_u16(),
                Err(problem) => problem.status(),
            };
            let (env, ctx, isolate) = (&arrival.env, &arrival.ctx, &arrival.isolate);
            match barred {
                Some(slug) => {
                    *arrival.problem.borrow_mut() = slug;
                    count_network(&arrival, status);
                }
                None => limits::note(env, ctx, isolate, endpoint.path, status),
            }
            outcome
        }
        Err(problem) => {
            count_network(&arrival, problem.status());
            Err(problem)
        }
    };
    match outcome {
        Ok(response) => response,
        Err(problem) => {
            *arrival.problem.borrow_mut() = problem.slug();
            #[cfg(feature = "desk")]
            if !endpoint.path.starts_with("/api/") {
                return told_as_page(&arrival, endpoint.path, problem).await;
            }
            problem.into_response(*arrival.locale.borrow())
        }
    }
}

/// Counts what was refused before the call itself: with this status nothing else is.
fn count_network(arrival: &ArrivalParts, status: u16) {
    if status == 429 {
        limits::count(&arrival.env, &arrival.ctx, &arrival.isolate, Limit::Network);
    }
}

/// What a page of the desk was refused, as a page: a person cannot read a problem document.
#[cfg(feature = "desk")]
async fn told_as_page(arrival: &ArrivalParts, path: &str, problem: Problem) -> Response {
    if path.contains("/ban-lam-viec") {
        crate::desk_pages::told(path, &problem)
    } else {
        crate::case_pages::told(&arrival.env, path, &problem).await
    }
}

/// The checks that need nothing of the body.
fn admit(
    endpoint: &'static Endpoint,
    arrival: &ArrivalParts,
    params: Option<&RawPathParams>,
    request: Request,
) -> Result<Call, Problem> {
    let config = &arrival.isolate.config;
    let of_provider = matches!(endpoint.body, Reads::Provider);
    arrival.quiet.set(of_provider);
    if of_provider && request.method() == Method::HEAD {
        return Err(Problem::method_not_allowed(PROVIDERS.to_owned()));
    }
    if OPERATOR.mode == Mode::Guide && !endpoint.in_guide {
        return Err(Problem::new(slug::NOT_FOUND));
    }
    let public_origin = match &config.public_url {
        Some(url) => url.clone(),
        None if origin::is_loopback(&arrival.own_origin) => {
            arrival.isolate.remember_local_origin(&arrival.own_origin);
            arrival.own_origin.clone()
        }
        None => String::new(),
    };
    if OPERATOR.mode == Mode::Service && !endpoint.always {
        // Fail closed: without keys nothing can be protected, without an address of our own a
        // link would point where a request header says.
        if config.keys.is_empty() || public_origin.is_empty() {
            Line::new(Level::Error, "shut")
                .with("keys", config.keys.len())
                .with("public_url", !public_origin.is_empty())
                .write();
            return Err(Problem::try_again(60));
        }
    }
    let (parts, body) = request.into_parts();
    let network = client::network(&parts.headers);
    let now_ms = now_ms();
    let mut barred = None;
    if endpoint.method.is_unsafe() && endpoint.caller != Caller::Machine {
        let own = [arrival.own_origin.as_str(), public_origin.as_str()];
        let limit = config.number("LIMIT_IP_MINUTE");
        barred = if origin::is_allowed(&parts.headers, &own) {
            let counted = arrival.isolate.friction.count(&network, limit, now_ms.div_euclid(1000));
            counted.map_err(Problem::too_many).err()
        } else {
            Some(Problem::new(slug::CROSS_SITE))
        };
        if let Some(problem) = barred.take_if(|_| endpoint.caller != Caller::Form) {
            return Err(problem);
        }
    }
    let params = params.into_iter().flat_map(RawPathParams::iter);
    let call = Call {
        env: arrival.env.clone(),
        ctx: Rc::clone(&arrival.ctx),
        isolate: Rc::clone(&arrival.isolate),
        locale: Rc::clone(&arrival.locale),
        network,
        public_origin,
        request_id: arrival.request_id.clone(),
        now_ms,
        params: params.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        raw_query: parts.uri.query().map(|raw| heeded(raw, endpoint)),
        query: endpoint.query,
        headers: parts.headers,
        body,
        outbox_waits: Rc::clone(&arrival.outbox_waits),
        barred,
    };
    // A call without a query refuses one: what is not known is an error everywhere. Pages look at
    // theirs themselves.
    let is_call = endpoint.path.starts_with("/api/");
    if is_call && !matches!(endpoint.body, Reads::Raw(_) | Reads::Provider) {
        call.query()?;
    }
    Ok(call)
}

/// What a call reads of its query. A page's address is passed on by people and by programs that add
/// what is theirs (`fbclid`, `utm_source`): what a page does not know it leaves alone.
fn heeded(raw: &str, endpoint: &Endpoint) -> String {
    if endpoint.path.starts_with("/api/") {
        return raw.to_owned();
    }
    let is_known = |pair: &&str| {
        let name = pair.split('=').next();
        endpoint.query.iter().any(|param| Some(param.name) == name)
    };
    raw.split('&').filter(is_known).collect::<Vec<_>>().join("&")
}

/// Answers one request. Nothing in here may panic: that would take the isolate down.
pub async fn serve(
    request: &web_sys::Request,
    env: Env,
    ctx: Context,
) -> worker::Result<worker::Response> {
    let started = now_ms();
    let isolate = Isolate::get(&env);
    let request_id = random::<12>().map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
    let headers = read_headers(request);
    let accepts = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let arrival = Rc::new(ArrivalParts {
        env,
        ctx: Rc::new(ctx),
        isolate,
        request_id,
        locale: Rc::new(RefCell::new(language::negotiate(accepts))),
        route: RefCell::new(""),
        problem: RefCell::new(""),
        quiet: Cell::new(false),
        outbox_waits: Rc::default(),
        own_origin: origin::of(&request.url()).unwrap_or_default(),
    });
    let method = request.method();
    let mut response = if let Some(mut converted) = convert(request, &method, headers) {
        converted.extensions_mut().insert(Arrival(SendWrapper(Rc::clone(&arrival))));
        let mut router = ROUTER.with(Clone::clone);
        match router.call(converted).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    } else {
        *arrival.problem.borrow_mut() = slug::NOT_FOUND;
        Problem::new(slug::NOT_FOUND).into_response(*arrival.locale.borrow())
    };
    headers::apply(response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&arrival.request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    if arrival.outbox_waits.get() {
        response.headers_mut().insert(OUTBOX_WAITS, HeaderValue::from_static("yes"));
    }
    let status = response.status().as_u16();
    let level = if status >= 500 { Level::Error } else { Level::Info };
    let known = ["GET", "HEAD", "POST", "DELETE"].iter().find(|name| **name == method);
    if !arrival.quiet.get() {
        Line::new(level, "request")
            .with("request", arrival.request_id.as_str())
            .with("method", *known.unwrap_or(&"other"))
            .with("route", *arrival.route.borrow())
            .with("status", status)
            .with("problem", *arrival.problem.borrow())
            .with("ms", now_ms() - started)
            .write();
    }
    answer(response).await
}

/// The scheduled work. Guide mode has none. `cron` is the trigger's name, `at_ms` when it was to
/// run, Unix milliseconds: each period is one run's, however late that begins.
pub async fn scheduled(env: &Env, cron: &str, at_ms: i64) {
    if OPERATOR.mode == Mode::Guide {
        return;
    }
    let isolate = Isolate::get(env);
    if isolate.config.keys.is_empty() {
        return;
    }
    // Once an hour: the run whose period holds the full hour.
    let period = i64::from(isolate.config.number("SWEEP_SECONDS"));
    // Who only says that messages wait repeats no retention.
    let hourly = cron != OUTBOX_WAITS && at_ms.div_euclid(1000).rem_euclid(3_600) < period;
    #[cfg(feature = "desk")]
    {
        crate::desk_work::run(env, &isolate).await;
        if hourly {
            crate::desk_work::retire(env, &isolate).await;
        }
    }
    #[cfg(feature = "site")]
    {
        let configured = isolate.config.public_url.clone();
        if let Some(public_origin) = configured.or_else(|| isolate.local_origin()) {
            crate::post_office::sweep(env, &isolate, &public_origin).await;
        } else {
            Line::new(Level::Error, "sweep").with("why", "PUBLIC_URL is not set").write();
        }
        if hourly {
            crate::post_office::retire(env, &isolate).await;
        }
    }
}

/// The request's headers as far as they are headers: a value of raw bytes is kept as bytes,
/// where the `worker` crate's own conversion would refuse the whole request with a 500.
fn read_headers(request: &web_sys::Request) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in Headers(request.headers()).entries() {
        // JavaScript gives each byte as one char of Latin-1.
        let bytes: Vec<u8> =
            value.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        if let (Ok(name), Ok(value)) =
            (header::HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&bytes))
        {
            map.append(name, value);
        }
    }
    map
}

/// The request in axum's types; `None` for a method or address that HTTP itself does not know.
fn convert(request: &web_sys::Request, method: &str, headers: HeaderMap) -> Option<Request> {
    let url = request.url();
    let after_scheme = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let path = after_scheme.find(['/', '?']).map_or("/", |start| &after_scheme[start..]);
    let uri: Uri = path.parse().ok()?;
    let body = request.body().map_or_else(Body::empty, |body| Body::new(worker::Body::new(body)));
    let mut converted = Request::new(body);
    *converted.method_mut() = Method::from_bytes(method.as_bytes()).ok()?;
    *converted.uri_mut() = uri;
    *converted.headers_mut() = headers;
    Some(converted)
}

/// The answer in the runtime's types, with its whole body at once.
async fn answer(response: Response) -> worker::Result<worker::Response> {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let headers = Headers::new();
    for (name, value) in &parts.headers {
        if let Ok(value) = value.to_str() {
            headers.append(name.as_str(), value)?;
        }
    }
    let builder = ResponseBuilder::new().with_status(parts.status.as_u16()).with_headers(headers);
    Ok(if bytes.is_empty() { builder.empty() } else { builder.fixed(bytes.to_vec()) })
}
