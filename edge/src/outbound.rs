//! Calls to others, over HTTP, never longer than a given time.

use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{AbortController, Delay, Fetch, Headers, Request, wasm_bindgen::JsValue, web_sys};

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
    exchange(request(url, headers, Some(body)), timeout).await
}

/// Asks for a document. Redirects are not followed.
pub async fn get(url: &str, timeout: Duration) -> Result<Answer, NoAnswer> {
    exchange(request(url, &[], None), timeout).await
}

async fn exchange(request: worker::Result<Request>, timeout: Duration) -> Result<Answer, NoAnswer> {
    let request = request.map_err(|_| NoAnswer)?;
    let controller = AbortController::default();
    let signal = controller.signal();
    let exchange = async {
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

fn request(url: &str, headers: &[(&str, &str)], body: Option<&str>) -> worker::Result<Request> {
    let map = Headers::new();
    for (name, value) in headers {
        map.set(name, value)?;
    }
    // The platform's own type: that of `worker` carries settings of images and caches.
    let init = web_sys::RequestInit::new();
    init.set_method(if body.is_some() { "POST" } else { "GET" });
    init.set_headers(&map.0);
    if let Some(body) = body {
        init.set_body(&JsValue::from_str(body));
    }
    init.set_redirect(web_sys::RequestRedirect::Manual);
    Ok(web_sys::Request::new_with_str_and_init(url, &init)?.into())
}
