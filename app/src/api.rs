//! Calls of the HTTP contract. One plain function does the work, so that a new call costs the
//! WebAssembly little more than its types.

use gloo_net::http::{Method, RequestBuilder};
use js_sys::JSON;
use leptos::{prelude::*, wasm_bindgen::JsValue};
use recovery::api::{Problem, slug};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use web_sys::AbortController;

use crate::words::{Words, fill};

/// Longer than the slowest honest answer on a bad line.
const PATIENCE: Duration = Duration::from_secs(25);

/// Why a call brought nothing.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// No answer, or none that can be read.
    Offline,
    /// The service says what is wrong.
    Problem {
        problem: Problem,
        /// Seconds from the header `Retry-After`.
        retry_after: Option<i64>,
    },
}

impl Failure {
    /// The slug of the problem, empty where there was no answer.
    pub(crate) fn slug(&self) -> &str {
        match self {
            Self::Offline => "",
            Self::Problem { problem, .. } => problem.slug(),
        }
    }

    /// What to tell the person, apart from errors that belong to a field.
    pub(crate) fn say(&self, words: &Words) -> String {
        let say = &words.problem;
        let text = match self.slug() {
            "" => say.offline,
            slug::TRY_AGAIN => say.try_again,
            slug::CAPTCHA_REJECTED => say.captcha,
            slug::RECOVERY_CLOSED => say.closed,
            slug::LINK_SPENT => say.link_spent,
            slug::TICKET_SPENT => say.ticket_spent,
            slug::TOO_MANY_REQUESTS => return fill(say.too_many, &self.wait(words)),
            _ => say.unexpected,
        };
        text.to_owned()
    }

    /// How long to wait, in words; a minute where the service does not say.
    pub(crate) fn wait(&self, words: &Words) -> String {
        match self {
            Self::Problem { retry_after: Some(seconds), .. } => words.duration(*seconds),
            _ => words.duration(60),
        }
    }
}

/// `POST` with a body, and an answer.
pub(crate) async fn post<T: DeserializeOwned>(
    path: &str,
    body: &impl Serialize,
) -> Result<T, Failure> {
    read(call(Method::POST, path, Some(write(body)?)).await?)
}

/// `POST` with a body, and an answer without one.
pub(crate) async fn send(path: &str, body: &impl Serialize) -> Result<(), Failure> {
    call(Method::POST, path, Some(write(body)?)).await.map(drop)
}

/// `GET`.
pub(crate) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    read(call(Method::GET, path, None).await?)
}

/// `GET` of a document that is passed on unread.
pub(crate) async fn get_raw(path: &str) -> Result<JsValue, Failure> {
    call(Method::GET, path, None).await
}

/// `DELETE`.
pub(crate) async fn delete(path: &str) -> Result<(), Failure> {
    call(Method::DELETE, path, None).await.map(drop)
}

fn write(body: &impl Serialize) -> Result<JsValue, Failure> {
    let value = serde_wasm_bindgen::to_value(body).map_err(|_| Failure::Offline)?;
    JSON::stringify(&value).map(Into::into).map_err(|_| Failure::Offline)
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Failure> {
    serde_wasm_bindgen::from_value(value).map_err(|_| Failure::Offline)
}

/// The answer's JSON, or `undefined` for an answer without a body.
async fn call(method: Method, path: &str, body: Option<JsValue>) -> Result<JsValue, Failure> {
    let abort = AbortController::new().map_err(|_| Failure::Offline)?;
    let signal = abort.signal();
    let timer = set_timeout_with_handle(move || abort.abort(), PATIENCE);
    let answer = exchange(method, path, body, &signal).await;
    if let Ok(timer) = timer {
        timer.clear();
    }
    answer
}

async fn exchange(
    method: Method,
    path: &str,
    body: Option<JsValue>,
    signal: &web_sys::AbortSignal,
) -> Result<JsValue, Failure> {
    let path = ["/api/v1/", path].concat();
    let request = RequestBuilder::new(&path)
        .method(method)
        .abort_signal(Some(signal))
        .header("accept", "application/json");
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    let request = request.map_err(|_| Failure::Offline)?;
    let response = request.send().await.map_err(|_| Failure::Offline)?;
    let text = response.text().await.map_err(|_| Failure::Offline)?;
    let json = if text.is_empty() {
        JsValue::UNDEFINED
    } else {
        JSON::parse(&text).map_err(|_| Failure::Offline)?
    };
    if response.ok() {
        return Ok(json);
    }
    let retry_after = response.headers().get("retry-after").and_then(|value| value.parse().ok());
    Err(Failure::Problem { problem: read(json)?, retry_after })
}
