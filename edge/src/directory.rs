//! The directory of offices inside the Worker. Its data lies among the static assets, where the
//! pages fetch it too: inside the Worker it would be a seventh of the size budget and be carried
//! into every isolate, most of which are never asked for an office. The name holds a hash of the
//! bytes, so that this Worker reads the data it was built for, or none.

use std::{cell::RefCell, rc::Rc, time::Duration};

use futures_util::future::{Either, select};
use offices::Directory;
use worker::{Delay, Env};

use crate::{
    http::problem::Problem,
    log::{Level, Line},
};

include!(concat!(env!("OUT_DIR"), "/directory.rs"));

/// The binding of the static assets (`wrangler.toml`).
const BINDING: &str = "ASSETS";
/// How long the assets may take; they lie beside the Worker.
const TIMEOUT: Duration = Duration::from_secs(10);
/// When a caller may try again, seconds.
const RETRY_AFTER: u32 = 10;
/// Nothing of this size is a directory; bytes.
const MOST: usize = 4 * 1024 * 1024;

/// Held for the life of the isolate.
pub type Shared = Rc<Directory<'static>>;

thread_local! {
    static READ: RefCell<Option<Shared>> = const { RefCell::new(None) };
}

/// The directory, read once per isolate when first asked for; 503 where it cannot be had, and the
/// next request tries again.
pub async fn of_this_build(env: &Env) -> Result<Shared, Problem> {
    if let Some(directory) = READ.with_borrow(Clone::clone) {
        return Ok(directory);
    }
    let read = match select(Box::pin(fetch(env, FILE)), Box::pin(Delay::from(TIMEOUT))).await {
        Either::Left((Ok((status, bytes)), _)) => read(status, bytes),
        Either::Left((Err(error), _)) => Err(error.to_string()),
        Either::Right(_) => Err("no answer in time".to_owned()),
    };
    match read {
        // Two requests may have fetched it at once: the first one's stays.
        Ok(directory) => {
            Ok(READ.with_borrow_mut(|held| Rc::clone(held.get_or_insert(Rc::new(directory)))))
        }
        Err(why) => {
            Line::new(Level::Error, "directory").with("file", FILE).with("why", why).write();
            Err(Problem::try_again(RETRY_AFTER))
        }
    }
}

/// The directory where this isolate has read it already.
pub fn held() -> Option<Shared> {
    READ.with_borrow(Clone::clone)
}

/// A pre-rendered page of the site, by its path without the leading slash.
pub async fn page_of_this_build(env: &Env, path: &str) -> Option<String> {
    let (status, bytes) = fetch(env, path).await.ok()?;
    // The page for unknown addresses answers with its own status.
    if status == 200 || status == 404 { String::from_utf8(bytes).ok() } else { None }
}

async fn fetch(env: &Env, path: &str) -> worker::Result<(u16, Vec<u8>)> {
    // The binding looks at the path alone.
    let address = ["https://assets.invalid/", path].concat();
    let request = worker::Request::new(&address, worker::Method::Get)?;
    let response = env.assets(BINDING)?.fetch_request(request).await?;
    let status = response.status().as_u16();
    let body = axum::body::Body::new(response.into_body());
    let bytes = axum::body::to_bytes(body, MOST).await;
    Ok((status, bytes.map_err(|error| error.to_string())?.to_vec()))
}

/// The directory in an answer of the assets, or why there is none.
fn read(status: u16, bytes: Vec<u8>) -> Result<Directory<'static>, String> {
    if status != 200 {
        return Err(format!("status {status}"));
    }
    if let Err(error) = Directory::parse(&bytes) {
        return Err(format!("{error:?}"));
    }
    // Good bytes stay as long as the isolate; bad ones were given back above.
    Directory::parse(bytes.leak()).map_err(|error| format!("{error:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_the_site_publishes_is_the_directory() {
        assert_eq!(FILE, offices::file_name(offices::EMBEDDED));
        let directory = read(200, offices::EMBEDDED.to_vec()).unwrap();
        assert!(directory.office_by_id("bhxh-tp-ha-noi").is_some());
    }

    #[test]
    fn an_answer_that_is_no_directory_is_refused() {
        let half = &offices::EMBEDDED[..offices::EMBEDDED.len() / 2];
        let mut bent = offices::EMBEDDED.to_vec();
        bent[1000] ^= 1;
        for (status, bytes) in [
            (404, b"<!doctype html>".to_vec()),
            (304, Vec::new()),
            (500, offices::EMBEDDED.to_vec()),
            (200, Vec::new()),
            (200, b"<!doctype html>".to_vec()),
            (200, half.to_vec()),
            (200, bent),
        ] {
            assert!(read(status, bytes).is_err(), "{status}");
        }
    }
}
