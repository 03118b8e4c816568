//! Calls of the HTTP contract. One plain function does the work, so that a new call costs the
//! WebAssembly little more than its types.

use std::{cell::OnceCell, time::Duration};

use futures_channel::oneshot;
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{JSON, Reflect};
use leptos::{prelude::*, wasm_bindgen::JsValue};
use recovery::api::{Problem, slug};
use serde::{Serialize, de::DeserializeOwned};
use web_sys::{AbortController, AbortSignal};

use crate::{
    captcha::Captcha,
    components::Local,
    words::{Words, fill},
};

/// Longer than the slowest honest answer on a bad line.
const PATIENCE: Duration = Duration::from_secs(25);

/// The longest `Retry-After`, seconds, after which a call is made again by itself: longer, and a
/// person is better told to come back.
const SHORT_WAIT: i64 = 10;

thread_local! {
    /// Seconds that a call waits before it is made again; 0 while none does.
    static WAITING: OnceCell<ArcRwSignal<i64>> = const { OnceCell::new() };
}

/// How long a call waits before its second try, in seconds; tracks. 0 while none does.
pub(crate) fn waiting() -> i64 {
    waiting_signal().get()
}

fn waiting_signal() -> ArcRwSignal<i64> {
    WAITING.with(|signal| signal.get_or_init(|| ArcRwSignal::new(0)).clone())
}

/// Why a call brought nothing.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// No answer, or none that can be read.
    Offline,
    /// The service says what is wrong.
    Problem {
        problem: Box<Problem>,
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

/// An answer as JSON, `undefined` where there is none.
pub(crate) type Answer = Result<JsValue, Failure>;

/// `GET`.
pub(crate) fn get(path: &str) -> Local<Answer> {
    call(Method::GET, path, None)
}

/// `DELETE`.
pub(crate) fn delete(path: &str) -> Local<Answer> {
    call(Method::DELETE, path, None)
}

/// `POST`.
pub(crate) fn post(path: &str, body: &impl Serialize) -> Local<Answer> {
    match write(body) {
        Ok(body) => call(Method::POST, path, Some(body)),
        Err(failure) => Box::pin(async { Err(failure) }),
    }
}

/// `POST` with a captcha in the body. A solution that is refused is replaced and tried once
/// more, silently.
pub(crate) fn post_with_captcha(
    path: &str,
    body: &impl Serialize,
    captcha: Captcha,
) -> Local<Answer> {
    let (path, body) = (path.to_owned(), write(body));
    Box::pin(async move {
        let body = body?;
        let mut again = true;
        loop {
            let solution = captcha.take().await?;
            _ = Reflect::set(&body, &"captcha".into(), &solution.into());
            match call(Method::POST, &path, Some(body.clone())).await {
                Err(Failure::Problem { problem, .. })
                    if again && problem.slug() == slug::CAPTCHA_REJECTED =>
                {
                    again = false;
                    captcha.refused(problem.level);
                }
                answer => return answer,
            }
        }
    })
}

/// Reads an answer.
pub(crate) fn read<T: DeserializeOwned>(answer: JsValue) -> Result<T, Failure> {
    crate::read::read(answer).map_err(|_| Failure::Offline)
}

fn write(body: &impl Serialize) -> Answer {
    serde_wasm_bindgen::to_value(body).map_err(|_| Failure::Offline)
}

/// Makes a call; once more where the service asks for a moment of patience (503 with a short
/// `Retry-After`). It answers so before anything is changed, or when it cannot know; a second
/// try is then refused like a repeated press of the button.
fn call(method: Method, path: &str, body: Option<JsValue>) -> Local<Answer> {
    let path = ["/api/v1/", path].concat();
    Box::pin(async move {
        let first = attempt(method.clone(), &path, body.clone()).await;
        let Err(Failure::Problem { problem, retry_after: Some(seconds @ 1..=SHORT_WAIT) }) = &first
        else {
            return first;
        };
        if problem.slug() != slug::TRY_AGAIN {
            return first;
        }
        let signal = waiting_signal();
        signal.set(*seconds);
        pause(Duration::from_secs(seconds.unsigned_abs())).await;
        signal.set(0);
        attempt(method, &path, body).await
    })
}

/// Comes back after a while.
async fn pause(time: Duration) {
    let (done, over) = oneshot::channel();
    set_timeout(move || _ = done.send(()), time);
    // The sender is never dropped unsent: the timer holds it.
    _ = over.await;
}

async fn attempt(method: Method, path: &str, body: Option<JsValue>) -> Answer {
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
    signal: &AbortSignal,
) -> Answer {
    let request = RequestBuilder::new(path)
        .method(method)
        .abort_signal(Some(signal))
        .header("accept", "application/json");
    let request = match body {
        Some(body) => {
            let body = JSON::stringify(&body).map_err(|_| Failure::Offline)?;
            request.header("content-type", "application/json").body(body)
        }
        None => request.build(),
    };
    let response = request.map_err(|_| Failure::Offline)?;
    let response = response.send().await.map_err(|_| Failure::Offline)?;
    let text = response.text().await.map_err(|_| Failure::Offline)?;
    let json = JSON::parse(&text).unwrap_or_default();
    if response.ok() {
        return Ok(json);
    }
    // Whatever stands between us and the service may answer with a page of its own.
    let problem = read(json)
        .unwrap_or_else(|_| Problem { r#type: slug::TRY_AGAIN.to_owned(), ..Problem::default() });
    let retry_after = response.headers().get("retry-after").and_then(|value| value.parse().ok());
    Err(Failure::Problem { problem: Box::new(problem), retry_after })
}
