//! A desk in memory, its people, and the steps they take.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _, Nonce};
use recovery::desk::case::{Case, CaseState, Check};
use recovery::desk::citizen::{OpenCase, Opened, Proof};
use recovery::desk::decide::Seen;
use recovery::desk::inbox::LetterPolicy;
use recovery::desk::inbox::mime::Mail;
use recovery::desk::inbox::receive::{Envelope, NotTaken, Received};
use recovery::desk::names::{CaseId, OfficeId, StaffId};
use recovery::desk::seal::{Sealed, Sealer};
use recovery::desk::staff::{Role, Staff};
use recovery::desk::stated::{BirthDate, CaseText, FullName, Stated};
use recovery::desk::{Desk, DeskHost, DeskPolicy, DeskRefusal};
use recovery::email::EmailAddress;
use recovery::flow::account::MemberRef;
use recovery::flow::ids::{Id, LinkToken};
use recovery::flow::keys::Keyring;
use recovery::flow::policy::Policy;
use recovery::flow::text_policy::TextPolicy;
use recovery::flow::{Clock, Host, PasswordHasher, Random, Service};
use recovery::identifier::Identifier;
use recovery::locale::Locale;
use recovery::phone::Phone;
use recovery::testing::host::{Delivered, Mailbox, TestHost, sender};
use recovery::testing::memory::MemoryStore;

/// AES-256-GCM with two keys, the current one first.
pub(crate) struct TestSealer(pub(crate) Vec<(String, [u8; 32])>);

impl Sealer for TestSealer {
    async fn seal(&self, nonce: [u8; 12], bound_to: &[u8], text: &[u8]) -> Option<Sealed> {
        let (kid, key) = self.0.first()?;
        let payload = Payload { msg: text, aad: bound_to };
        let body = Aes256Gcm::new(key.into()).encrypt(Nonce::from_slice(&nonce), payload).ok()?;
        Some(Sealed { kid: kid.clone(), nonce, body })
    }

    async fn open(&self, bound_to: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
        let (_, key) = self.0.iter().find(|(kid, _)| *kid == sealed.kid)?;
        let payload = Payload { msg: &sealed.body, aad: bound_to };
        Aes256Gcm::new(key.into()).decrypt(Nonce::from_slice(&sealed.nonce), payload).ok()
    }
}

pub(crate) struct World {
    pub(crate) host: TestHost<MemoryStore>,
    pub(crate) sealer: TestSealer,
    pub(crate) desk_policy: DeskPolicy,
    pub(crate) mail: Mailbox,
}

impl Host for World {
    type Store = MemoryStore;
    type Accounts = MemoryStore;
    fn store(&self) -> &MemoryStore {
        self.host.store()
    }
    fn accounts(&self) -> &MemoryStore {
        self.host.accounts()
    }
    fn clock(&self) -> &dyn Clock {
        self.host.clock()
    }
    fn random(&self) -> &dyn Random {
        self.host.random()
    }
    fn hasher(&self) -> &dyn PasswordHasher {
        self.host.hasher()
    }
    fn keys(&self) -> &Keyring {
        self.host.keys()
    }
    fn policy(&self) -> &Policy {
        self.host.policy()
    }
    fn text_policy(&self) -> &TextPolicy {
        self.host.text_policy()
    }
}

impl DeskHost for World {
    type Sealer = TestSealer;
    fn sealer(&self) -> &TestSealer {
        &self.sealer
    }
    fn desk_policy(&self) -> &DeskPolicy {
        &self.desk_policy
    }
}

pub(crate) const DOMAIN: &str = "thu.example.vn";
pub(crate) const OFFICE: &str = "bhxh-thu-nghiem";
pub(crate) const ELSEWHERE: &str = "bhxh-noi-khac";
pub(crate) const GOOD: &str = "cây đa đầu làng 47";

pub(crate) fn office(id: &str) -> OfficeId {
    OfficeId::parse(id).unwrap()
}

pub(crate) fn person(id: &str, role: Role, at: &str, member: Option<&str>) -> Staff {
    Staff {
        id: StaffId(id.into()),
        role,
        office: office(at),
        member: member.map(|member| MemberRef(member.into())),
        active: true,
    }
}

/// Two officers and a supervisor here, an officer elsewhere. Officer `a` is member 8.
pub(crate) fn world() -> World {
    let host = TestHost::in_memory();
    host.store.with(|tables| {
        for staff in [
            person("a", Role::Officer, OFFICE, Some("m8")),
            person("b", Role::Officer, OFFICE, None),
            person("s", Role::Supervisor, OFFICE, None),
            person("x", Role::Officer, ELSEWHERE, None),
        ] {
            tables.desk.staff.insert(format!("{}@example.vn", staff.id.0), staff);
        }
    });
    World {
        host,
        sealer: TestSealer(vec![("k2".into(), [2; 32]), ("k1".into(), [1; 32])]),
        desk_policy: DeskPolicy {
            letters: LetterPolicy {
                domain: DOMAIN.to_owned(),
                own_address: "khong-tra-loi@chiakhoa.example.vn".to_owned(),
                ..LetterPolicy::default()
            },
            ..DeskPolicy::default()
        },
        mail: Mailbox::new(true),
    }
}

pub(crate) fn text(words: &str) -> CaseText {
    CaseText::parse(words).unwrap()
}

/// What member `k` states, with contacts of their own.
pub(crate) fn stated(k: u32, phone: &str, email: &str) -> Stated {
    Stated {
        name: FullName::parse(&format!("Thành Viên Thử {k}")).unwrap(),
        birth_date: BirthDate::parse("1980-05-06", 2027).unwrap(),
        identifier: Identifier::parse(&(9_000_000_000_u64 + u64::from(k)).to_string()).unwrap(),
        phone: Some(phone).filter(|p| !p.is_empty()).map(|p| Phone::parse(p).unwrap()),
        email: Some(email).filter(|e| !e.is_empty()).map(|e| EmailAddress::parse(e).unwrap()),
        message: Some(text("Tôi mất máy và quên mật khẩu.")),
    }
}

impl World {
    pub(crate) fn desk(&self) -> Desk<'_, Self> {
        Desk::new(self)
    }

    pub(crate) fn service(&self) -> Service<'_, Self> {
        Service::new(self)
    }

    pub(crate) async fn staff(&self, id: &str) -> Staff {
        self.desk().staff_member(&format!("{id}@example.vn")).await.unwrap()
    }

    pub(crate) async fn try_open(&self, stated: Stated) -> Result<Opened, DeskRefusal> {
        let office = office(OFFICE);
        let request = OpenCase { stated, office, locale: Locale::Vi, captcha_level: 3 };
        self.desk().open_case(&request).await
    }

    /// A case of member `k` with what is on record.
    pub(crate) async fn case(&self, k: u32) -> (Proof, CaseId) {
        let phone = format!("0{}", 900_000_000 + k);
        self.case_with(k, &phone, &format!("tv{k}@example.vn")).await
    }

    pub(crate) async fn case_with(&self, k: u32, phone: &str, email: &str) -> (Proof, CaseId) {
        let opened = self.try_open(stated(k, phone, email)).await.unwrap();
        let proof = proof(&opened);
        let id = self.desk().case_status(&proof).await.unwrap().case.id;
        (proof, id)
    }

    /// A case of member `k` with a new email address, approved by `a`.
    pub(crate) async fn proposed(&self, k: u32) -> (Proof, CaseId) {
        let (proof, id) = self.case_with(k, "", &new_address(k)).await;
        let a = self.staff("b").await;
        self.desk().check(&a, &self.seen(&id), Check::InPerson).await.unwrap();
        self.desk().propose(&a, &self.seen(&id)).await.unwrap();
        (proof, id)
    }

    /// The same, confirmed by the supervisor: the cooling-off has begun and notices are out.
    pub(crate) async fn cooling(&self, k: u32) -> (Proof, CaseId) {
        let (proof, id) = self.proposed(k).await;
        let s = self.staff("s").await;
        self.desk().confirm(&s, &self.seen(&id)).await.unwrap();
        self.sweep().await;
        (proof, id)
    }

    /// What becomes of a letter to [`OFFICE`].
    pub(crate) async fn receive(&self, mail: &Mail) -> Result<Received, NotTaken> {
        let to = format!("{OFFICE}@{DOMAIN}");
        let envelope = Envelope { from: "ai-do@example.vn", to: &to, size: 1_000 };
        let office = self.desk().letter_office(&envelope).await?;
        self.desk().receive_letter(&office, &envelope, mail, true).await
    }

    /// A letter that says this.
    pub(crate) async fn letter(&self, text: &str) -> Id {
        match self.receive(&mail(text)).await {
            Ok(Received::Kept(id)) => id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn row(&self, id: &CaseId) -> Case {
        self.host.store.with(|tables| tables.desk.cases[id].clone())
    }

    pub(crate) fn state(&self, id: &CaseId) -> CaseState {
        self.row(id).state
    }

    pub(crate) fn seen(&self, id: &CaseId) -> Seen {
        Seen { case: *id, version: self.row(id).version }
    }

    /// Finishes every cooling-off that is over, and sends what is due.
    pub(crate) async fn sweep(&self) {
        for id in self.desk().cooled(100).await.unwrap() {
            self.desk().finish(&id).await.unwrap();
        }
        loop {
            let due = self.service().due(100).await.unwrap();
            if due.is_empty() {
                return;
            }
            for id in due {
                self.service().dispatch(&id, &sender(), &self.mail).await.unwrap();
            }
        }
    }

    pub(crate) fn acts(&self) -> Vec<&'static str> {
        self.host.store.with(|tables| tables.audit.iter().map(|event| event.act).collect())
    }

    pub(crate) fn last_mail(&self, to: &str) -> Delivered {
        self.mail.to(to).pop().unwrap_or_else(|| panic!("no mail to {to}"))
    }
}

/// A letter that says this, from somebody.
pub(crate) fn mail(text: &str) -> Mail {
    Mail {
        from: "Ai Đó <ai-do@example.vn>".to_owned(),
        subject: "Quên mật khẩu".to_owned(),
        text: text.to_owned(),
        ..Mail::default()
    }
}

pub(crate) fn new_address(k: u32) -> String {
    format!("moi{k}@example.vn")
}

pub(crate) fn proof(opened: &Opened) -> Proof {
    Proof { number: Some(opened.number), code: Some(opened.code.clone()) }
}

/// The token of a message's link to this page.
pub(crate) fn token_in(mail: &Delivered, page: &str) -> LinkToken {
    let lines = mail.message.text.lines().map(str::trim);
    let line = lines.filter(|line| line.starts_with("https://")).find(|line| line.contains(page));
    let line = line.unwrap_or_else(|| panic!("no {page} in {}", mail.message.text));
    LinkToken::parse(line.split_once('#').unwrap().1).unwrap()
}
