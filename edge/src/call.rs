//! One request as its call sees it, and the answers a call gives.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use axum::{
    body::Body,
    http::{HeaderMap, header},
    response::Response,
};
use futures_util::StreamExt as _;
use recovery::{api::slug, flow::ids::Id, locale::Locale};
use serde::Serialize;
use worker::{Context, Env};

use crate::{
    http::{
        input::{Field, Fields},
        json::Document,
        problem::Problem,
        query,
    },
    isolate::Isolate,
    post_office,
    table::{Outcome, Param},
};

/// Most bytes of a body.
const MAX_BODY: usize = 16 * 1024;
/// A refused body is read and thrown away up to here, so that the caller hears the answer.
const MAX_DRAIN: usize = 4 * 1024 * 1024;

/// One request on its way to its call.
pub struct Call {
    /// Bindings.
    pub env: Env,
    /// Keeps work running after the answer.
    pub ctx: Rc<Context>,
    /// The isolate's state.
    pub isolate: Rc<Isolate>,
    /// Headers as sent.
    pub headers: HeaderMap,
    /// The language to answer in; a body's `locale` may change it.
    pub locale: Rc<RefCell<Locale>>,
    /// The caller's network, for limits.
    pub network: String,
    /// The origin of links in messages: `PUBLIC_URL`, or this machine's own in development.
    pub public_origin: String,
    /// Random id of this request, in the log and in the answer.
    pub request_id: String,
    /// Milliseconds since 1970. In production the clock moves only with IO.
    pub now_ms: i64,
    /// Segments of the path.
    pub params: Vec<(String, String)>,
    /// As sent.
    pub raw_query: Option<String>,
    /// The query's parameters.
    pub query: &'static [Param],
    /// Not yet read.
    pub body: Body,
    /// Whether rows of the outbox were left to the site's Worker.
    pub outbox_waits: Rc<Cell<bool>>,
    /// Why this must not be done, for a call that says so itself ([`crate::table::Endpoint`]).
    pub barred: Option<Problem>,
}

impl Call {
    /// A segment of the path; empty where it is not valid UTF-8.
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Sends these outbox rows once the answer is out. The desk's Worker sends nothing itself: it
    /// has neither templates nor transports, and asks the site's to look at the outbox.
    pub fn send_after_answer(&self, rows: Vec<Id>) {
        if rows.is_empty() {
            return;
        }
        if cfg!(feature = "site") {
            self.ctx.wait_until(post_office::after_answer(
                self.env.clone(),
                Rc::clone(&self.isolate),
                self.public_origin.clone(),
                rows,
            ));
        } else {
            self.outbox_waits.set(true);
        }
    }

    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }

    /// The query, read strictly by the call's own table.
    pub fn query(&self) -> Result<Vec<(&'static str, String)>, Problem> {
        let names: Vec<_> = self.query.iter().map(|param| param.name).collect();
        let found = query::parse(self.raw_query.as_deref(), &names)?;
        for param in self.query {
            match found.iter().find(|(name, _)| *name == param.name) {
                None if param.required => return Err(Problem::field(param.name, "missing")),
                Some((_, value))
                    if !param.one_of.is_empty() && !param.one_of.contains(&value.as_str()) =>
                {
                    return Err(Problem::field(param.name, "not-allowed"));
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// The body's bytes: 413 above 16 KB.
    pub async fn bytes(&mut self) -> Result<Vec<u8>, Problem> {
        let body = std::mem::replace(&mut self.body, Body::empty());
        read_body(&self.headers, body).await
    }

    /// The body's fields, by a table; what is wrong in it is found by [`Fields::check`].
    pub async fn fields(&mut self, table: &'static [Field]) -> Result<Fields, Problem> {
        let bytes = self.bytes().await?;
        if !(bytes.is_empty() || is_json(&self.headers)) {
            return Err(Problem::new(slug::WRONG_CONTENT_TYPE));
        }
        let fields = Fields::read(Document::parse(&bytes)?, table);
        if let Some(locale) = fields.text("locale").and_then(Locale::from_tag) {
            *self.locale.borrow_mut() = locale;
        }
        Ok(fields)
    }
}

/// A JSON answer.
pub fn json<T: Serialize>(status: u16, value: &T) -> Outcome {
    let bytes = serde_json::to_vec(value).map_err(|_| Problem::new(slug::INTERNAL))?;
    bytes_answer(status, "application/json", bytes)
}

/// An answer of a given media type.
pub fn bytes_answer(status: u16, media_type: &'static str, bytes: Vec<u8>) -> Outcome {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(bytes))
        .map_err(|_| Problem::new(slug::INTERNAL))
}

/// 204.
pub fn no_content() -> Outcome {
    Response::builder().status(204).body(Body::empty()).map_err(|_| Problem::new(slug::INTERNAL))
}

/// `application/json`, in UTF-8, not compressed.
fn is_json(headers: &HeaderMap) -> bool {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return false;
    }
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, charset)) if name.eq_ignore_ascii_case("charset") => {
                charset.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    let mut bytes = Vec::with_capacity(announced.unwrap_or(0).min(MAX_BODY));
    let mut read = 0_usize;
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        // A body that breaks off is no JSON; its sender is gone anyway.
        let chunk = chunk.map_err(|_| Problem::new(slug::MALFORMED_JSON))?;
        read = read.saturating_add(chunk.len());
        if read <= MAX_BODY {
            bytes.extend_from_slice(&chunk);
        } else if read > MAX_DRAIN {
            break;
        }
    }
    if read > MAX_BODY { Err(Problem::new(slug::TOO_LARGE)) } else { Ok(bytes) }
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX)
}

/// An instant as JavaScript gives it: milliseconds, within the 53 bits that it keeps exactly.
#[expect(clippy::cast_possible_truncation, reason = "instants are whole and far within an i64")]
pub const fn whole_ms(at: f64) -> i64 {
    at as i64
}

/// Random bytes; `None` where the platform has none to give.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn with_type(value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn only_plain_utf8_json_is_json() {
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(is_json(&with_type(good)), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/json; charset=utf-16",
            "application/x-www-form-urlencoded",
            "application/jsonx",
        ] {
            assert!(!is_json(&with_type(bad)), "{bad}");
        }
        let mut packed = with_type("application/json");
        packed.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(!is_json(&packed));
    }
}
