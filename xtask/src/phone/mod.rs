//! The phone of `cargo xtask dev`: a page that sends a text as any number and shows what comes
//! back, so that a newcomer can try the channel in a minute.
//!
//! It stands outside of the Worker and plays the provider: it signs as Twilio does and calls the
//! same address that Twilio would, and it takes outgoing texts at the address of Twilio's
//! interface. So the Worker that is tried is the Worker that is deployed; nothing of the phone is
//! in it or in the site.

mod exchange;
mod twilio;

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use self::exchange::{Answer, Request};
use crate::http;

const PAGE: &str = include_str!("page.html");
/// Our number, as synthetic as its members: docs/members.md.
const NUMBER: &str = "+84900000000";
/// The account at the provider that is none.
const ACCOUNT: &str = "AC00000000000000000000000000000000";

/// The phone's server; it ends with the process.
pub(crate) struct Phone {
    listener: TcpListener,
    port: u16,
}

/// What the threads share.
struct Desk {
    /// The Worker.
    worker: u16,
    /// Its `PUBLIC_URL`, which signatures cover.
    public_url: String,
    token: String,
    port: u16,
    said: Mutex<Vec<Value>>,
}

impl Phone {
    /// Takes the port after the Worker's, or any that is free.
    pub(crate) fn open(worker: u16) -> Result<Self> {
        let at = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let listener = match worker.checked_add(1).map(at) {
            Some(Ok(listener)) => listener,
            _ => at(http::free_port()?).context("no port for the phone")?,
        };
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The Worker's settings for this provider.
    pub(crate) fn vars(&self) -> Vec<(String, String)> {
        [
            ("SMS_PROVIDERS", "twilio"),
            ("TWILIO_NUMBERS", NUMBER),
            ("TWILIO_FROM", NUMBER),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("SMS_TRANSPORT", "twilio"),
            ("TWILIO_BASE_URL", &format!("http://127.0.0.1:{}", self.port)),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Serves from now on. `vars` are the Worker's.
    pub(crate) fn serve(self, worker: u16, vars: &[(String, String)]) {
        let of = |wanted: &str| {
            let found = vars.iter().rev().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let token = of("TWILIO_AUTH_TOKENS").split(',').next().unwrap_or_default().to_owned();
        let public_url = of("PUBLIC_URL").trim_end_matches('/').to_owned();
        let said = Mutex::new(Vec::new());
        let desk = Arc::new(Desk { worker, public_url, token, port: self.port, said });
        std::thread::spawn(move || {
            for stream in self.listener.incoming().flatten() {
                let desk = Arc::clone(&desk);
                std::thread::spawn(move || {
                    // Whoever hung up hears no answer.
                    let _ = desk.serve(stream);
                });
            }
        });
    }
}

impl Desk {
    fn serve(&self, mut stream: TcpStream) -> Result<()> {
        let request = Request::read(&mut stream)?;
        self.answer(&request).write(&mut stream)
    }

    fn answer(&self, request: &Request) -> Answer {
        let api = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
        // A page of another site, or one that got this address by a name of its own, is no guest.
        if request.path != api && !self.is_ours(request) {
            return Answer::json(403, &json!({"error": "not from this page"}));
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => {
                let body = PAGE.replace("{site}", &self.public_url);
                Answer { status: 200, media: "text/html; charset=utf-8", body }
            }
            ("GET", "/messages") => Answer::json(200, &json!(*self.messages())),
            ("POST", "/send") => self
                .send(request)
                .unwrap_or_else(|error| Answer::json(400, &json!({"error": format!("{error:#}")}))),
            ("POST", path) if path == api => self.take(request),
            _ => Answer::json(404, &json!({"error": "nothing here"})),
        }
    }

    fn is_ours(&self, request: &Request) -> bool {
        let hosts = ["localhost", "127.0.0.1"].map(|host| format!("{host}:{}", self.port));
        let named =
            |header| request.header(header).map(|value| value.trim_start_matches("http://"));
        let ours = |value: &str| hosts.iter().any(|host| host == value);
        named("host").is_some_and(ours) && named("origin").is_none_or(ours)
    }

    /// A text of a member's phone, brought to the Worker as the provider brings it.
    fn send(&self, request: &Request) -> Result<Answer> {
        let typed: Value = serde_json::from_slice(&request.body).context("no JSON")?;
        let text = |name: &str| typed.get(name).and_then(Value::as_str).unwrap_or_default();
        let from = international(text("from"));
        self.note("out", &from, text("text"));
        let path = "/api/v1/sms/twilio";
        let (form, signature) = twilio::incoming(
            &self.token,
            &format!("{}{path}", self.public_url),
            &[("From", &from), ("To", NUMBER), ("AccountSid", ACCOUNT), ("Body", text("text"))],
        )?;
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-twilio-signature", signature.as_str()),
        ];
        let (status, answer) = http::post(self.worker, path, &headers, &form)?;
        let reply = twilio::reply(&answer);
        if let Some(reply) = &reply {
            self.note("in", &from, reply);
        }
        Ok(Answer::json(200, &json!({"status": status, "reply": reply})))
    }

    /// A text of the Worker's own.
    fn take(&self, request: &Request) -> Answer {
        if request.header("authorization") != Some(&twilio::basic(ACCOUNT, &self.token)) {
            return Answer::json(401, &json!({"code": 20003}));
        }
        let fields = twilio::fields(&request.body);
        let field = |wanted: &str| {
            let found = fields.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str()).unwrap_or_default()
        };
        self.note("in", field("To"), field("Body"));
        Answer::json(201, &json!({"sid": format!("SM{}", self.messages().len())}))
    }

    fn note(&self, way: &str, phone: &str, text: &str) {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.messages().push(json!({"way": way, "phone": phone, "text": text, "at": at}));
    }

    fn messages(&self) -> std::sync::MutexGuard<'_, Vec<Value>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `0900 000 001` as providers write it.
fn international(typed: &str) -> String {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('0') {
        Some(rest) => format!("+84{rest}"),
        None => format!("+{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Desk {
        Desk {
            worker: 1,
            public_url: "http://localhost:1".into(),
            token: "synthetic".into(),
            port: 8788,
            said: Mutex::default(),
        }
    }

    fn request(method: &str, path: &str, headers: &[(&str, &str)]) -> Request {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Request { method: method.into(), path: path.into(), headers, body: Vec::new() }
    }

    #[test]
    fn a_number_is_written_as_providers_write_it() {
        assert_eq!(international("0900 000 001"), "+84900000001");
        assert_eq!(international("+84 900000001"), "+84900000001");
    }

    #[test]
    fn only_its_own_page_may_use_the_phone() {
        let host = ("host", "localhost:8788");
        let own = request("GET", "/messages", &[host, ("origin", "http://localhost:8788")]);
        assert_eq!(desk().answer(&own).status, 200);
        for headers in
            [&[("host", "evil.example:8788")][..], &[host, ("origin", "http://evil.example")], &[]]
        {
            assert_eq!(desk().answer(&request("GET", "/messages", headers)).status, 403);
        }
    }

    #[test]
    fn an_outgoing_text_needs_the_account() {
        let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
        assert_eq!(desk().answer(&request("POST", &path, &[])).status, 401);
        let basic = twilio::basic(ACCOUNT, "synthetic");
        let taken = desk().answer(&request("POST", &path, &[("authorization", &basic)]));
        assert_eq!(taken.status, 201);
    }
}
