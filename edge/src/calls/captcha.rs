//! `GET /captcha`.

use std::future::ready;

use recovery::{
    api::slug,
    captcha::{Form, Level},
};

use crate::{
    call::{Call, json},
    captcha::challenge,
    config::Captcha,
    http::problem::Problem,
    table::{Endpoint, Method, Outcome, Param, endpoint},
};

/// The calls of this file.
pub const CAPTCHA: &[Endpoint] = &[Endpoint {
    query: &[
        Param {
            name: "form",
            one_of: &["email", "case", "session"],
            required: true,
            about: "The form that the solution is for; no other takes it.",
        },
        Param {
            name: "level",
            one_of: &["0", "1", "2", "3"],
            required: false,
            about: "How often the work is doubled, as `captcha-rejected` asked for.",
        },
    ],
    success: (200, Some("Challenge")),
    problems: &[slug::NOT_FOUND],
    ..endpoint(
        Method::Get,
        "/api/v1/captcha",
        "captcha",
        "A proof-of-work challenge (ALTCHA v2, PBKDF2/SHA-256); 404 where Turnstile is used.",
        |call| Box::pin(ready(captcha(&call))),
    )
}];

fn captcha(call: &Call) -> Outcome {
    let query = call.query()?;
    if call.isolate.config.captcha != Captcha::Altcha {
        return Err(Problem::new(slug::NOT_FOUND));
    }
    let value = |name| query.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    let form = value("form").and_then(|word| word.parse::<Form>().ok());
    let form = form.ok_or_else(|| Problem::field("form", "not-allowed"))?;
    let level = value("level").and_then(|digit| digit.parse().ok()).unwrap_or(0);
    json(200, &challenge(call, form, Level::clamped(level))?)
}
