//! Staff: who they are by Cloudflare Access, and whether they are staff by our own table.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use recovery::{
    api::slug,
    desk::{
        Desk,
        access::{AccessPolicy, Disbelief, Lookup, Token, read_keys},
        staff::Staff,
    },
};

use crate::{
    call::Call,
    calls::desk_problem,
    host::WorkerHost,
    http::problem::Problem,
    log::{Level, Line},
    outbound,
    subtle::Rsa,
};

/// The header that Access puts on every request.
const ASSERTION: &str = "cf-access-jwt-assertion";
/// The cookie in which a browser keeps the same.
const COOKIE: &str = "CF_Authorization";
/// Longest wait for the key set.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where staff sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Issuer and audience.
    pub policy: AccessPolicy,
    /// Where the key set is.
    pub keys_url: String,
}

impl Access {
    /// `ACCESS_ISSUER`, `ACCESS_AUDIENCE`, and `ACCESS_KEYS_URL` where it is not the issuer's own.
    pub fn load(text: &dyn Fn(&str) -> Option<String>, wrong: &mut Vec<String>) -> Option<Self> {
        let (issuer, audience) = (text("ACCESS_ISSUER"), text("ACCESS_AUDIENCE"));
        let (Some(issuer), Some(audience)) = (issuer.clone(), audience.clone()) else {
            if issuer.is_some() || audience.is_some() {
                wrong.push("ACCESS_ISSUER and ACCESS_AUDIENCE go together: no desk".to_owned());
            }
            return None;
        };
        let keys_url =
            text("ACCESS_KEYS_URL").unwrap_or_else(|| format!("{issuer}/cdn-cgi/access/certs"));
        if !(keys_url.starts_with("https://") || keys_url.starts_with("http://")) {
            wrong.push("ACCESS_KEYS_URL is no http(s) address: no desk".to_owned());
            return None;
        }
        Some(Self { policy: AccessPolicy { issuer, audience }, keys_url })
    }
}

/// The member of staff that makes this call. Who is not believed hears one answer for all
/// reasons; the log has the reason, never the token.
pub async fn staff(call: &Call, host: &WorkerHost) -> Result<Staff, Problem> {
    let email = believed(call).await.map_err(|why| {
        Line::new(Level::Warn, "staff-refused").with("why", why.as_str()).write();
        Problem::new(slug::NOT_SIGNED_IN)
    })?;
    Desk::new(host).staff_member(&email).await.map_err(desk_problem)
}

async fn believed(call: &Call) -> Result<String, Disbelief> {
    let access = call.isolate.config.access.as_ref().ok_or(Disbelief::UnknownKey)?;
    let token = Token::parse(assertion(&call.headers).ok_or(Disbelief::Malformed)?)?;
    let now = call.now();
    let mut found = call.isolate.staff_keys.borrow().look_up(&token.kid, now);
    if found == Lookup::Ask {
        // Noted before the answer, so that many requests at once ask once; not by the first
        // ones of an isolate, which have nothing to go on with meanwhile.
        if !call.isolate.staff_keys.borrow().is_empty() {
            call.isolate.staff_keys.borrow_mut().heard(None, now);
        }
        let answer = outbound::get(&access.keys_url, TIMEOUT).await.ok();
        let answer = answer.filter(|answer| answer.status == 200);
        let keys = answer.and_then(|answer| read_keys(&answer.body));
        if keys.is_none() {
            Line::new(Level::Error, "staff-keys").with("why", "no key set").write();
        }
        call.isolate.staff_keys.borrow_mut().heard(keys, now);
        found = call.isolate.staff_keys.borrow().look_up(&token.kid, now);
    }
    let Lookup::Use(key) = found else { return Err(Disbelief::UnknownKey) };
    token.believe(&key, &Rsa, &access.policy, now).await
}

/// The token of a request: the header, or where there is none the cookie of Access, which holds
/// the same. Two headers are none: one of them is not from Access.
fn assertion(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(ASSERTION).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        (Some(_), Some(_)) => None,
        (None, _) => headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(name, value)| (name == COOKIE).then_some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(vars: &[(&str, &str)]) -> (Option<Access>, Vec<String>) {
        let mut wrong = Vec::new();
        let text = |name: &str| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let access = Access::load(&text, &mut wrong);
        (access, wrong)
    }

    #[test]
    fn without_an_issuer_there_is_no_desk_and_nothing_is_wrong() {
        assert_eq!(load(&[]), (None, vec![]));
    }

    #[test]
    fn the_key_set_is_the_issuers_own_unless_said_otherwise() {
        let both = [("ACCESS_ISSUER", "https://doi.example.vn"), ("ACCESS_AUDIENCE", "a")];
        let (access, wrong) = load(&both);
        let expected = "https://doi.example.vn/cdn-cgi/access/certs";
        assert_eq!((access.unwrap().keys_url.as_str(), wrong.len()), (expected, 0));
        let here = ("ACCESS_KEYS_URL", "http://127.0.0.1:9/keys");
        let (access, _) = load(&[both[0], both[1], here]);
        assert_eq!(access.unwrap().keys_url, here.1);
    }

    #[test]
    fn the_header_counts_before_the_cookie_and_two_headers_are_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(assertion(&headers), None);
        headers.append(header::COOKIE, "a=b; CF_Authorization=cookie".parse().unwrap());
        assert_eq!(assertion(&headers), Some("cookie"));
        headers.append(ASSERTION, "one".parse().unwrap());
        assert_eq!(assertion(&headers), Some("one"));
        headers.append(ASSERTION, "two".parse().unwrap());
        assert_eq!(assertion(&headers), None);
    }

    #[test]
    fn half_a_configuration_shuts_the_desk_and_says_so() {
        for half in [("ACCESS_ISSUER", "https://x"), ("ACCESS_AUDIENCE", "a")] {
            let (access, wrong) = load(&[half]);
            assert_eq!((access, wrong.len()), (None, 1));
        }
    }
}
