//! Cloudflare Turnstile: the request body and the reading of the answer. The call is the edge's.
//!
//! Formats after Cloudflare's documentation, *Server-side validation*. Turnstile itself spends a
//! token on its first validation; nothing is stored here.

use super::Form;
use serde::Deserialize;
use std::fmt;

/// Cloudflare's own address, of the widget's script and of the validation alike.
pub const BASE_URL: &str = "https://challenges.cloudflare.com";

/// Where under it the body is posted to, as `application/x-www-form-urlencoded`.
pub const SITEVERIFY_PATH: &str = "/turnstile/v0/siteverify";

/// Longest token Turnstile issues, in characters.
pub const MAX_TOKEN_CHARS: usize = 2_048;

/// A token that is worth asking Cloudflare about: 1 to 2,048 printable ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a>(&'a str);

impl<'a> Token<'a> {
    /// `None` for what Turnstile never issues.
    pub fn parse(token: &'a str) -> Option<Self> {
        let plain = token.bytes().all(|b| b.is_ascii_graphic());
        (plain && (1..=MAX_TOKEN_CHARS).contains(&token.len())).then_some(Self(token))
    }
}

/// The body to post to [`SITEVERIFY_PATH`].
///
/// `idempotency_key` is a UUID; with the same one a lost answer can be asked for again. The
/// person's address is sent only where the operator chose to (`remote_ip`).
pub fn siteverify_body(
    secret: &str,
    token: Token<'_>,
    remote_ip: Option<&str>,
    idempotency_key: Option<&str>,
) -> String {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("secret", secret).append_pair("response", token.0);
    if let Some(ip) = remote_ip {
        body.append_pair("remoteip", ip);
    }
    if let Some(key) = idempotency_key {
        body.append_pair("idempotency_key", key);
    }
    body.finish()
}

/// Why Turnstile did not vouch for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The token is too old or was validated before (`timeout-or-duplicate`): a new one helps.
    TimeoutOrDuplicate,
    /// The token is not Turnstile's, or the challenge was failed.
    BadToken,
    /// Solved on a page that is not ours.
    WrongHostname,
    /// Solved for another form.
    WrongAction,
    /// Our own secret or request is wrong: an operator must act. Answer 503, not 403.
    Misconfigured,
    /// Cloudflare failed, or answered what cannot be read. Answer 503, not 403.
    Unavailable,
}

impl Refused {
    /// Whether the fault is not the person's: the call then answers `try-again`, and stays closed.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Misconfigured | Self::Unavailable)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimeoutOrDuplicate => "Turnstile token too old or used before",
            Self::BadToken => "Turnstile token refused",
            Self::WrongHostname => "Turnstile token from another hostname",
            Self::WrongAction => "Turnstile token for another action",
            Self::Misconfigured => "Turnstile refused our secret or request",
            Self::Unavailable => "Turnstile did not answer usably",
        })
    }
}

impl std::error::Error for Refused {}

/// The members of the answer that are used. Cloudflare may add others.
#[derive(Deserialize)]
struct Answer {
    success: bool,
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    action: Option<String>,
    #[serde(default, rename = "error-codes")]
    error_codes: Vec<String>,
}

/// Reads the answer of [`SITEVERIFY_PATH`].
///
/// `hostname` is the one of our own `PUBLIC_URL`, without port; the widget's action must be
/// [`Form::as_str`]. A success for another page or form, or without either, is refused.
pub fn check_answer(body: &[u8], hostname: &str, form: Form) -> Result<(), Refused> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| Refused::Unavailable)?;
    if !answer.success {
        return Err(refusal(&answer.error_codes));
    }
    let same_host = |host: &String| host.eq_ignore_ascii_case(hostname);
    if !answer.hostname.as_ref().is_some_and(same_host) {
        return Err(Refused::WrongHostname);
    }
    if answer.action.as_deref() != Some(form.as_str()) {
        return Err(Refused::WrongAction);
    }
    Ok(())
}

/// The one reason that matters most: our own fault first, so that it is never blamed on a person.
fn refusal(codes: &[String]) -> Refused {
    let has = |wanted: &[&str]| codes.iter().any(|code| wanted.contains(&code.as_str()));
    if has(&["missing-input-secret", "invalid-input-secret", "bad-request"]) {
        Refused::Misconfigured
    } else if has(&["internal-error"]) {
        Refused::Unavailable
    } else if has(&["timeout-or-duplicate"]) {
        Refused::TimeoutOrDuplicate
    } else {
        Refused::BadToken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "khoiphuc.example.vn";

    fn check(body: &str) -> Result<(), Refused> {
        check_answer(body.as_bytes(), HOST, Form::Email)
    }

    #[test]
    fn a_success_for_our_page_and_form_is_accepted() {
        let body = r#"{"success":true,"challenge_ts":"2026-01-01T00:00:00Z","hostname":"khoiphuc.example.vn","action":"email","cdata":"","metadata":{},"error-codes":[]}"#;
        assert_eq!(check(body), Ok(()));
    }

    #[test]
    fn a_success_from_another_hostname_is_refused() {
        let body =
            r#"{"success":true,"hostname":"khoiphuc.example.vn.example.com","action":"email"}"#;
        assert_eq!(check(body), Err(Refused::WrongHostname));
    }

    #[test]
    fn a_success_without_a_hostname_is_refused() {
        let body = r#"{"success":true,"action":"email"}"#;
        assert_eq!(check(body), Err(Refused::WrongHostname));
    }

    #[test]
    fn a_success_for_another_form_or_for_none_is_refused() {
        for action in [r#","action":"case""#, r#","action":"""#, ""] {
            let body = format!(r#"{{"success":true,"hostname":"{HOST}"{action}}}"#);
            assert_eq!(check(&body), Err(Refused::WrongAction), "{action}");
        }
    }

    #[test]
    fn a_token_used_twice_is_told_apart_from_a_bad_one() {
        let used = r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#;
        let bad = r#"{"success":false,"error-codes":["invalid-input-response"]}"#;
        let silent = r#"{"success":false}"#;
        assert_eq!(check(used), Err(Refused::TimeoutOrDuplicate));
        assert_eq!(check(bad), Err(Refused::BadToken));
        assert_eq!(check(silent), Err(Refused::BadToken));
    }

    #[test]
    fn our_own_faults_are_not_blamed_on_the_person() {
        for code in
            ["invalid-input-secret", "missing-input-secret", "bad-request", "internal-error"]
        {
            let body =
                format!(r#"{{"success":false,"error-codes":["timeout-or-duplicate","{code}"]}}"#);
            let refused = check(&body).unwrap_err();
            assert!(refused.is_ours(), "{code} gave {refused:?}");
        }
        assert!(!Refused::TimeoutOrDuplicate.is_ours());
    }

    #[test]
    fn an_unreadable_answer_stays_closed() {
        for body in ["", "null", "<html>", r#"{"success":"true"}"#, r#"{"hostname":"x"}"#] {
            assert_eq!(check(body), Err(Refused::Unavailable), "{body}");
        }
    }

    #[test]
    fn a_token_cannot_smuggle_a_parameter_into_the_body() {
        let token = Token::parse("a&secret=b+c%20d").unwrap();
        assert_eq!(
            siteverify_body("s=&", token, Some("2001:db8::1"), Some("u-1")),
            "secret=s%3D%26&response=a%26secret%3Db%2Bc%2520d&remoteip=2001%3Adb8%3A%3A1&idempotency_key=u-1"
        );
    }

    #[test]
    fn a_token_is_at_most_2048_printable_characters() {
        assert!(Token::parse(&"x".repeat(2_048)).is_some());
        for token in ["", "a b", "a\n", "á", &"x".repeat(2_049)] {
            assert!(Token::parse(token).is_none(), "{token:?}");
        }
    }
}
