//! Calls to others, over HTTP, never longer than a given time.

use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{
    AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect,
    wasm_bindgen::JsValue,
};

/// What another service answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Retry-After` in seconds, where it was given as such.
    pub retry_after: Option<i64>,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// There was no answer. The other side may have done its work all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

/// Posts a body. Redirects are not followed: a secret goes where it was meant to go.
pub async fn post(
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
    timeout: Duration,
) -> Result<Answer, NoAnswer> {
    let controller = AbortController::default();
    let signal = controller.signal();
    let exchange = async {
        let request = request(url, headers, body).map_err(|_| NoAnswer)?;
        let sent = Fetch::Request(request).send_with_signal(&signal).await;
        let mut response = sent.map_err(|_| NoAnswer)?;
        let retry_after = response.headers().get("retry-after").ok().flatten();
        let retry_after = retry_after.and_then(|text| text.trim().parse().ok());
        let status = response.status_code();
        let body = response.bytes().await.map_err(|_| NoAnswer)?;
        Ok(Answer { status, retry_after, body })
    };
    match select(Box::pin(exchange), Box::pin(Delay::from(timeout))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(((), exchange)) => {
            controller.abort();
            drop(exchange);
            Err(NoAnswer)
        }
    }
}

fn request(url: &str, headers: &[(&str, &str)], body: &str) -> worker::Result<Request> {
    let map = Headers::new();
    for (name, value) in headers {
        map.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(map)
        .with_body(Some(JsValue::from_str(body)))
        .with_redirect(RequestRedirect::Manual);
    Request::new_with_init(url, &init)
}
