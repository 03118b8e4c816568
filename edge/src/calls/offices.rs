//! `GET /offices`, `/offices/{id}` and `/wards`: the directory for other programs, by the same
//! code that searches in the page.

mod input;
mod lists;
mod page;
mod rows;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use recovery::api::slug;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{
    call::{Call, json},
    directory,
    http::problem::Problem,
    table::{Endpoint, Method, Outcome, Param, endpoint},
};

pub use rows::examples;

/// The offices that a text means: places, old and new, count as the office that serves them.
pub fn offices_meant(d: &offices::Directory<'_>, text: &str) -> lists::Meant {
    lists::meant(d, text)
}

/// Answers may be kept for an hour; the data changes with a deployment only.
const KEPT: &str = "public, max-age=3600, stale-while-revalidate=86400";

const fn param(name: &'static str, about: &'static str) -> Param {
    Param { name, one_of: &[], required: false, about }
}

const LIMIT: Param = param("limit", "How many at most: 1 to 50, default 20.");
const CURSOR: Param = param(
    "cursor",
    "Where to go on: `next` of the page before, with the same query. Refused once the data has changed.",
);

/// The calls of this file. They need neither keys nor database.
pub const OFFICES: &[Endpoint] = &[
    Endpoint {
        query: &[
            param(
                "q",
                "A place or an office as people type it, at most 200 characters: old and new names, without accents, abbreviated.",
            ),
            param("ward", "The 5-digit code of a ward since July 2025: who serves it."),
            param(
                "lat",
                "Latitude in degrees, together with `lon`: nearest first, by the middle of the nearest ward served. Rounded to 0.01 degrees; the answer is not to be stored.",
            ),
            param("lon", "Longitude in degrees, together with `lat`."),
            LIMIT,
            CURSOR,
        ],
        success: (200, Some("Offices")),
        in_guide: true,
        always: true,
        ..endpoint(
            Method::Get,
            "/api/v1/offices",
            "offices",
            "Offices, best first: all of them, or those of a text, a ward, a place.",
            |call| Box::pin(list_offices(call)),
        )
    },
    Endpoint {
        success: (200, Some("Office")),
        problems: &[slug::NOT_FOUND],
        in_guide: true,
        always: true,
        ..endpoint(
            Method::Get,
            "/api/v1/offices/{id}",
            "office",
            "One office with the wards it serves.",
            |call| Box::pin(one_office(call)),
        )
    },
    Endpoint {
        query: &[
            param(
                "q",
                "A place as people type it, at most 200 characters: old and new wards, districts, provinces.",
            ),
            LIMIT,
            CURSOR,
        ],
        success: (200, Some("Wards")),
        in_guide: true,
        always: true,
        ..endpoint(
            Method::Get,
            "/api/v1/wards",
            "wards",
            "Wards since July 2025 with the old wards they were made of and the office to turn to.",
            |call| Box::pin(list_wards(call)),
        )
    },
];

async fn list_offices(call: Call) -> Outcome {
    let asked = input::OfficesQuery::read(&call.query()?)?;
    let d = directory::of_this_build(&call.env).await?;
    let found = lists::offices(&d, &asked)?;
    let page = page::cut(&found, &asked.paging, d.mark())?;
    let answer = rows::Offices {
        offices: page.rows.iter().filter_map(|f| rows::office(&d, f)).collect(),
        as_of: rows::date(d.as_of()),
        next: page.next,
    };
    if asked.place.is_some() { json(200, &answer) } else { cached(&call, &answer) }
}

async fn one_office(call: Call) -> Outcome {
    let d = directory::of_this_build(&call.env).await?;
    let office = d.office_by_id(call.param("id"));
    let office = office.ok_or_else(|| Problem::new(slug::NOT_FOUND))?;
    cached(&call, &rows::office_detail(&d, office))
}

async fn list_wards(call: Call) -> Outcome {
    let asked = input::WardsQuery::read(&call.query()?)?;
    let d = directory::of_this_build(&call.env).await?;
    let found = lists::wards(&d, asked.text.as_deref());
    let page = page::cut(&found, &asked.paging, d.mark())?;
    cached(
        &call,
        &rows::Wards {
            wards: page.rows.iter().map(|w| rows::ward(&d, *w)).collect(),
            as_of: rows::date(d.as_of()),
            next: page.next,
        },
    )
}

/// An answer that may be kept, named by its bytes: 304 to a caller that has them already.
fn cached<T: Serialize>(call: &Call, value: &T) -> Outcome {
    let bytes = serde_json::to_vec(value).map_err(|_| Problem::new(slug::INTERNAL))?;
    let hash = Sha256::digest(&bytes);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.get(..12).unwrap_or_default()));
    let has_it = call
        .headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|list| page::names_tag(list, &tag));
    let mut response = Response::new(if has_it { Body::empty() } else { Body::from(bytes) });
    if has_it {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    if !has_it {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    headers.insert(
        header::ETAG,
        HeaderValue::from_str(&tag).map_err(|_| Problem::new(slug::INTERNAL))?,
    );
    Ok(response)
}
