//! A world in memory and the steps that people take in it.

use recovery::code::Code;
use recovery::email::EmailAddress;
use recovery::flow::dispatch::Dispatched;
use recovery::flow::ids::{LinkToken, Secret};
use recovery::flow::redeem::Granted;
use recovery::flow::request::{Accepted, EmailRequest};
use recovery::flow::session::{SignIn, SignedIn};
use recovery::flow::{Refusal, Service};
use recovery::identifier::Identifier;
use recovery::locale::Locale;
use recovery::testing::host::{Delivered, Mailbox, TestHost, sender};
use recovery::testing::memory::MemoryStore;

pub(crate) struct World {
    pub(crate) host: TestHost<MemoryStore>,
    pub(crate) mail: Mailbox,
}

pub(crate) const GOOD: &str = "cây đa đầu làng 47";

pub(crate) fn world() -> World {
    World { host: TestHost::in_memory(), mail: Mailbox::new(true) }
}

pub(crate) fn number(k: u32) -> String {
    format!("{}", 9_000_000_000_u64 + u64::from(k))
}

pub(crate) fn address(k: u32) -> String {
    format!("tv{k}@example.vn")
}

impl World {
    pub(crate) fn service(&self) -> Service<'_, TestHost<MemoryStore>> {
        Service::new(&self.host)
    }

    pub(crate) async fn ask(&self, number: &str, email: &str) -> Result<Accepted, Refusal> {
        let request = EmailRequest {
            identifier: Identifier::parse(number).unwrap(),
            email: EmailAddress::parse(email).unwrap(),
            locale: Locale::Vi,
            captcha_level: 3,
        };
        self.service().request_email(&request).await
    }

    /// Dispatches everything that is due, replacements too.
    pub(crate) async fn sweep(&self) -> Vec<Dispatched> {
        let mut results = Vec::new();
        loop {
            let due = self.service().due(100).await.unwrap();
            if due.is_empty() {
                return results;
            }
            for id in due {
                results.push(self.service().dispatch(&id, &sender(), &self.mail).await.unwrap());
            }
        }
    }

    /// A member asks and reads the message.
    pub(crate) async fn asked(&self, k: u32) -> (Accepted, Delivered) {
        let accepted = self.ask(&number(k), &address(k)).await.unwrap();
        self.sweep().await;
        let mut mails = self.mail.to(&address(k));
        mails.retain(|mail| mail.message.text.contains("/lien-ket#"));
        (accepted, mails.pop().unwrap())
    }

    pub(crate) async fn code(&self, at: &Accepted, code: &str) -> Result<Granted, Refusal> {
        self.service().redeem_code(&at.recovery, &Code::parse(code).unwrap()).await
    }

    pub(crate) async fn set(&self, ticket: &Secret, password: &str) -> Result<(), Refusal> {
        self.service().set_password(ticket, password).await.map(|_| ())
    }

    pub(crate) async fn sign_in(&self, k: u32, password: &str) -> Result<SignedIn, Refusal> {
        self.sign_in_from(&number(k), password, "192.0.2.1").await
    }

    pub(crate) async fn sign_in_from(
        &self,
        number: &str,
        password: &str,
        caller: &str,
    ) -> Result<SignedIn, Refusal> {
        let identifier = Identifier::parse(number).unwrap();
        let request = SignIn { identifier, password, caller, captcha: false };
        self.service().sign_in(&request).await
    }

    /// From the question to a new password.
    pub(crate) async fn recovered(&self, k: u32, password: &str) -> (Accepted, Delivered) {
        let (accepted, mail) = self.asked(k).await;
        let granted = self.code(&accepted, &code_in(&mail)).await.unwrap();
        self.set(&granted.ticket, password).await.unwrap();
        (accepted, mail)
    }
}

/// The code that stands alone on its line.
pub(crate) fn code_in(mail: &Delivered) -> String {
    let text = &mail.message.text;
    text.lines()
        .map(str::trim)
        .find(|line| line.len() == 9 && line.as_bytes()[4] == b'-')
        .unwrap_or_else(|| panic!("no code in {text}"))
        .to_owned()
}

/// The token of the link to this page.
pub(crate) fn token_in(mail: &Delivered, page: &str) -> LinkToken {
    let text = &mail.message.text;
    let line = text.lines().map(str::trim).find(|line| line.contains(page)).unwrap();
    LinkToken::parse(line.split_once('#').unwrap().1).unwrap()
}

/// A code that is not the one in the message.
pub(crate) fn wrong(mail: &Delivered) -> String {
    let code = code_in(mail);
    let first = if code.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &code[1..])
}
