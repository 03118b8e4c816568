//! `POST /csp-report`: what browsers report when a page of ours broke its own policy
//! (ASVS 5.0, 3.4.7). A report holds addresses, which may hold personal data: nothing of them is
//! kept. The log learns which directive was broken by what kind of thing, in our own words.

use recovery::{api::slug, headers::REPORT_PATH};
use serde::Deserialize;

use crate::{
    call::{Call, no_content},
    http::problem::Problem,
    log::{Level, Line},
    table::{Body, Caller, Endpoint, Method, Outcome, endpoint},
};

/// Most reports read per network and minute; one broken page may send a dozen at once.
const PER_MINUTE: u32 = 20;

/// Most violations read out of one report.
const MOST: usize = 10;

/// Directives of our own policies; whatever else a report names is `other`.
const DIRECTIVES: [&str; 14] = [
    "default-src",
    "script-src",
    "script-src-elem",
    "script-src-attr",
    "style-src",
    "style-src-elem",
    "style-src-attr",
    "img-src",
    "connect-src",
    "worker-src",
    "frame-src",
    "manifest-src",
    "form-action",
    "frame-ancestors",
];

/// The calls of this file.
pub const CSP_REPORTS: &[Endpoint] = &[Endpoint {
    body: Body::Raw("application/reports+json"),
    success: (204, None),
    problems: &[slug::MALFORMED_JSON],
    in_guide: true,
    always: true,
    // Browsers send reports by themselves, without a page's headers.
    caller: Caller::Machine,
    ..endpoint(
        Method::Post,
        REPORT_PATH,
        "cspReport",
        "Reports of broken content security policies, as browsers send them.",
        |call| Box::pin(receive(call)),
    )
}];

async fn receive(mut call: Call) -> Outcome {
    // A place of its own beside the writes, so that reports never use up a person's.
    let network = ["report ", &call.network].concat();
    let friction = &call.isolate.friction;
    friction.count(&network, PER_MINUTE, call.now()).map_err(Problem::too_many)?;
    let body = call.bytes().await?;
    let violations = read(&body).ok_or_else(|| Problem::new(slug::MALFORMED_JSON))?;
    for violation in violations.iter().take(MOST) {
        Line::new(Level::Warn, "csp-violation")
            .with("directive", directive(&violation.directive))
            .with("blocked", blocked(&violation.blocked, &call.public_origin))
            .write();
    }
    no_content()
}

/// Of a report only what is used.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Violation {
    #[serde(default, alias = "effectiveDirective", alias = "effective-directive")]
    directive: String,
    #[serde(default, alias = "blockedURL", alias = "blocked-uri")]
    blocked: String,
}

/// `report-uri`'s document, or the Reporting API's list, which may hold reports of other kinds.
fn read(body: &[u8]) -> Option<Vec<Violation>> {
    #[derive(Deserialize)]
    struct Old {
        #[serde(rename = "csp-report")]
        report: Violation,
    }
    #[derive(Deserialize)]
    struct New {
        #[serde(rename = "type")]
        kind: String,
        #[serde(default)]
        body: Option<serde_json::Value>,
    }

    // A struct would be read from a list too.
    if body.trim_ascii_start().first() != Some(&b'[') {
        return serde_json::from_slice::<Old>(body).ok().map(|old| vec![old.report]);
    }
    let reports: Vec<New> = serde_json::from_slice(body).ok()?;
    let violations = reports.into_iter().filter(|report| report.kind == "csp-violation");
    violations.map(|report| serde_json::from_value(report.body?).ok()).collect()
}

fn directive(name: &str) -> &'static str {
    DIRECTIVES.into_iter().find(|known| *known == name).unwrap_or("other")
}

/// What kind of thing was blocked; never which.
fn blocked(address: &str, own: &str) -> &'static str {
    match address {
        "inline" | "" => "inline",
        "eval" => "eval",
        "wasm-eval" => "wasm-eval",
        _ if address.starts_with("data") => "data",
        _ if address.starts_with("blob") => "blob",
        _ if !own.is_empty() && address.starts_with(own) => "own",
        _ if address.starts_with("http") => "foreign",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(directive: &str, blocked: &str) -> Violation {
        Violation { directive: directive.to_owned(), blocked: blocked.to_owned() }
    }

    #[test]
    fn both_kinds_of_report_are_understood() {
        let old = br#"{"csp-report":{"document-uri":"https://x.example.vn/email","effective-directive":"script-src-elem","blocked-uri":"https://evil.example/a.js"}}"#;
        let new = br#"[{"type":"csp-violation","age":1,"url":"https://x.example.vn/","body":{"effectiveDirective":"script-src-elem","blockedURL":"https://evil.example/a.js","statusCode":200}},{"type":"deprecation","body":{"id":"x"}}]"#;
        let expected = [violation("script-src-elem", "https://evil.example/a.js")];
        let alone = br#"[{"type":"csp-violation","body":{"effectiveDirective":"script-src-elem","blockedURL":"https://evil.example/a.js"}}]"#;
        assert_eq!(read(old).unwrap(), expected);
        assert_eq!(read(alone).unwrap(), expected);
        assert_eq!(read(new).unwrap(), expected);
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for body in
            ["", "null", "{}", "[1]", r#"{"csp-report":1}"#, r#"[{"type":"csp-violation"}]"#]
        {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read(b"[]").unwrap(), []);
    }

    #[test]
    fn the_log_gets_words_of_ours_and_nothing_that_was_sent() {
        let own = "https://khoa.example.vn";
        for (address, kind) in [
            ("inline", "inline"),
            ("eval", "eval"),
            ("data", "data"),
            ("https://khoa.example.vn/x?so=9000000001", "own"),
            ("https://evil.example/9000000001", "foreign"),
            ("chrome-extension://9000000001", "other"),
        ] {
            assert_eq!(blocked(address, own), kind);
        }
        assert_eq!(directive("script-src-elem"), "script-src-elem");
        assert_eq!(directive("9000000001"), "other");
    }
}
