//! `/session`: signing in, the masked profile, signing out.

use std::rc::Rc;

use axum::http::{HeaderMap, HeaderValue, header};
use recovery::{
    api::{SessionOpened, TicketGranted, slug},
    captcha::Form,
    flow::{
        Refusal, Service,
        ids::Secret,
        session::{Entered, SignIn},
    },
    identifier::{Identifier, IdentifierError},
};

use super::password::BUSY;
use crate::{
    call::{Call, json, no_content},
    captcha,
    host::{WorkerHost, problem},
    http::{input::Field, problem::Problem},
    table::{Body, Endpoint, Method, Outcome, endpoint},
};

/// `__Host-` binds the cookie to this host, to TLS and to the whole path (ASVS 3.3.1, 3.3.3).
const COOKIE: &str = "__Host-session";
const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Strict";

static SIGN_IN: &[Field] = &[
    Field::text("identifier", 256, "Mã số BHXH, CCCD number or BHYT card code, as typed."),
    Field::text("password", 8 * 1024, "The password."),
    Field::captcha().optional(),
];

/// The calls of this file.
pub const SESSIONS: &[Endpoint] = &[
    Endpoint {
        body: Body::Json(SIGN_IN),
        success: (200, Some("SessionOpened")),
        problems: &[slug::SIGN_IN_REJECTED, slug::CAPTCHA_REQUIRED, slug::CAPTCHA_REJECTED],
        ..endpoint(
            Method::Post,
            "/api/v1/session",
            "signIn",
            "Signs in: the masked profile, and a session cookie.",
            |call| Box::pin(sign_in(call)),
        )
    },
    Endpoint {
        success: (200, Some("Profile")),
        problems: &[slug::NOT_SIGNED_IN],
        ..endpoint(
            Method::Get,
            "/api/v1/session",
            "profile",
            "The masked profile of who is signed in.",
            |call| Box::pin(profile(call)),
        )
    },
    Endpoint {
        success: (204, None),
        ..endpoint(
            Method::Delete,
            "/api/v1/session",
            "signOut",
            "Signs out; the same answer where nobody was signed in.",
            |call| Box::pin(sign_out(call)),
        )
    },
];

async fn sign_in(mut call: Call) -> Outcome {
    let mut fields = call.fields(SIGN_IN).await?;
    let identifier =
        fields.parse("identifier", |t| Identifier::parse(t).map_err(IdentifierError::code));
    let password = fields.parse("password", |t| Ok(t.to_owned())).unwrap_or_default();
    let payload = fields.parse("captcha", |t| Ok(t.to_owned()));
    fields.finish()?;
    let identifier = identifier.ok_or_else(|| Problem::new(slug::INVALID_INPUT))?;
    let host = WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)?;
    let service = Service::new(&host);
    let needs_captcha = service.sign_in_gate(&identifier, &call.network).await.map_err(problem)?;
    let captcha = match payload {
        Some(payload) => {
            captcha::redeem(&call, &host, Form::Session, &payload).await?;
            true
        }
        None if needs_captcha => return Err(problem(Refusal::CaptchaRequired)),
        None => false,
    };
    let isolate = Rc::clone(&call.isolate);
    // Held over load, derivation and commit: see `permits`.
    let _permit =
        isolate.derivations.acquire(call.now_ms).ok_or_else(|| Problem::try_again(BUSY))?;
    let request = SignIn { identifier, password: &password, caller: &call.network, captcha };
    match service.enter(&request).await.map_err(problem)? {
        Entered::Session(signed_in) => {
            let mut response = json(200, &SessionOpened::Profile(signed_in.profile))?;
            set_cookie(response.headers_mut(), &signed_in.session.expose(), "")?;
            Ok(response)
        }
        // A temporary password: good for choosing a new one and for nothing else.
        Entered::Ticket(granted) => {
            let ticket = granted.ticket.expose();
            let expires_in = granted.expires_in;
            json(200, &SessionOpened::Ticket(TicketGranted { ticket, expires_in }))
        }
    }
}

async fn profile(call: Call) -> Outcome {
    let session = cookie(&call.headers).ok_or_else(|| Problem::new(slug::NOT_SIGNED_IN))?;
    let host = WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)?;
    json(200, &Service::new(&host).session(&session).await.map_err(problem)?)
}

async fn sign_out(call: Call) -> Outcome {
    if let Some(session) = cookie(&call.headers) {
        let host = WorkerHost::open(&call.env, &call.isolate.config).map_err(problem)?;
        Service::new(&host).sign_out(&session).await.map_err(problem)?;
    }
    let mut response = no_content()?;
    set_cookie(response.headers_mut(), "", "; Max-Age=0")?;
    Ok(response)
}

/// Without an age of its own the cookie ends with the browser; the session ends by the server.
fn set_cookie(headers: &mut HeaderMap, value: &str, age: &str) -> Result<(), Problem> {
    let cookie = format!("{COOKIE}={value}{ATTRIBUTES}{age}");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Problem::new(slug::INTERNAL))?;
    headers.append(header::SET_COOKIE, cookie);
    Ok(())
}

/// The session of a request: the first well-formed cookie of our name.
fn cookie(headers: &HeaderMap) -> Option<Secret> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .find_map(|(_, value)| Secret::parse(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let secret = Secret::new([7; 32]);
        let mut headers = HeaderMap::new();
        let value = format!("a=b; {COOKIE}=junk;{COOKIE}={}; c", secret.expose());
        headers.append(header::COOKIE, HeaderValue::from_str(&value).unwrap());
        assert_eq!(cookie(&headers), Some(secret));
        assert_eq!(cookie(&HeaderMap::new()), None);
    }

    #[test]
    fn the_cookie_cannot_be_read_by_scripts_or_sent_from_other_sites() {
        let mut headers = HeaderMap::new();
        set_cookie(&mut headers, "x", "").unwrap();
        assert_eq!(
            headers[header::SET_COOKIE],
            "__Host-session=x; Path=/; Secure; HttpOnly; SameSite=Strict"
        );
    }
}
