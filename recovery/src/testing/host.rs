//! A host for tests: a clock that is set, a generator that repeats, a mailbox.

use std::cell::{Cell, RefCell};

use sha2::{Digest as _, Sha256};

use super::memory::MemoryStore;
use crate::email::EmailAddress;
use crate::flow::account::Accounts;
use crate::flow::dispatch::{Mailer, Outcome, Sender};
use crate::flow::ids::Id;
use crate::flow::keys::{Key, Keyring};
use crate::flow::policy::Policy;
use crate::flow::store::Store;
use crate::flow::text_policy::TextPolicy;
use crate::flow::{Clock, HashError, Host, PasswordHasher, Random};
use crate::message::{Line, Message};

/// A clock that tests set; it never goes backwards.
pub struct TestClock(Cell<i64>);

impl TestClock {
    /// Starts at this Unix second.
    pub const fn at(now: i64) -> Self {
        Self(Cell::new(now))
    }

    /// Goes forward by so many seconds.
    pub fn forward(&self, seconds: u32) {
        self.0.set(self.0.get() + i64::from(seconds));
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.get()
    }
}

/// The same bytes in every run: SHA-256 over a seed and a counter.
pub struct TestRandom {
    seed: u64,
    drawn: Cell<u64>,
}

impl TestRandom {
    /// From a seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: Cell::new(0) }
    }
}

impl Random for TestRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let drawn = self.drawn.replace(self.drawn.get() + 1);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(drawn.to_be_bytes());
            let bytes = hash.finalize();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// Fast and readable; counts how often it worked.
#[derive(Default)]
pub struct TestHasher(pub Cell<u32>);

impl PasswordHasher for TestHasher {
    fn hash(&self, password: &[u8], salt: [u8; 16]) -> Result<String, HashError> {
        self.0.set(self.0.get() + 1);
        let mut hash = Sha256::new();
        hash.update(salt);
        hash.update(password);
        Ok(format!("test${}${:x}", u128::from_be_bytes(salt), hash.finalize()))
    }

    fn verify(&self, password: &[u8], hash: Option<&str>) -> bool {
        let salt = hash.and_then(|h| h.split('$').nth(1)).and_then(|s| s.parse::<u128>().ok());
        let again = self.hash(password, salt.unwrap_or(0).to_be_bytes());
        hash.is_some() && again.ok().as_deref() == hash
    }
}

/// A host over any store.
pub struct TestHost<S> {
    /// The store, which is the account store too.
    pub store: S,
    /// Set by the test.
    pub clock: TestClock,
    /// Repeats.
    pub random: TestRandom,
    /// Fast.
    pub hasher: TestHasher,
    /// Two keys, the current one first.
    pub keys: Keyring,
    /// May be changed before use.
    pub policy: Policy,
    /// May be changed before use.
    pub text_policy: TextPolicy,
}

impl<S> TestHost<S> {
    /// Over a store, at a fixed time, with the contract's limits.
    pub fn over(store: S, seed: u64) -> Self {
        let key = |id: &str, byte| Key { id: id.into(), bytes: [byte; 32] };
        Self {
            store,
            clock: TestClock::at(1_800_000_000),
            random: TestRandom::new(seed),
            hasher: TestHasher::default(),
            keys: Keyring::new(key("k2", 2), vec![key("k1", 1)]),
            policy: Policy::default(),
            text_policy: TextPolicy::default(),
        }
    }
}

impl TestHost<MemoryStore> {
    /// Over the in-memory store with members 1 to 9.
    pub fn in_memory() -> Self {
        let store = MemoryStore::default();
        store.with(|tables| {
            for k in 1..10 {
                let member = super::memory::synthetic_member(k);
                tables.members.insert(member.reference.clone(), member);
            }
        });
        Self::over(store, 7)
    }
}

impl<S: Store + Accounts> Host for TestHost<S> {
    type Store = S;
    type Accounts = S;

    fn store(&self) -> &S {
        &self.store
    }

    fn accounts(&self) -> &S {
        &self.store
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn random(&self) -> &dyn Random {
        &self.random
    }

    fn hasher(&self) -> &dyn PasswordHasher {
        &self.hasher
    }

    fn keys(&self) -> &Keyring {
        &self.keys
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }

    fn text_policy(&self) -> &TextPolicy {
        &self.text_policy
    }
}

/// One delivered message.
#[derive(Clone)]
pub struct Delivered {
    /// The idempotency key.
    pub key: Id,
    /// To whom.
    pub to: String,
    /// Subject, text and HTML.
    pub message: Message,
}

/// A mailbox that answers as it is told.
pub struct Mailbox {
    /// Honours keys as a provider with idempotency does.
    pub idempotent: bool,
    /// Answers of the next attempts; `Sent` when empty. Of `Unknown`, whether the
    /// message arrived all the same.
    pub answers: RefCell<Vec<(Outcome, bool)>>,
    /// What arrived.
    pub inbox: RefCell<Vec<Delivered>>,
}

impl Mailbox {
    /// Takes everything.
    pub const fn new(idempotent: bool) -> Self {
        Self { idempotent, answers: RefCell::new(Vec::new()), inbox: RefCell::new(Vec::new()) }
    }

    /// Answers this at the next attempt; `arrives` is what happens to the message.
    pub fn next(&self, outcome: Outcome, arrives: bool) {
        self.answers.borrow_mut().insert(0, (outcome, arrives));
    }

    /// Messages to this address, oldest first.
    pub fn to(&self, address: &str) -> Vec<Delivered> {
        self.inbox.borrow().iter().filter(|mail| mail.to == address).cloned().collect()
    }
}

impl Mailer for Mailbox {
    fn honours_idempotency_key(&self) -> bool {
        self.idempotent
    }

    async fn send(&self, key: &Id, to: &EmailAddress, message: &Message) -> Outcome {
        let (outcome, arrives) = self.answers.borrow_mut().pop().unwrap_or((Outcome::Sent, true));
        let seen = self.inbox.borrow().iter().any(|mail| mail.key == *key);
        if arrives && !(self.idempotent && seen) {
            self.inbox.borrow_mut().push(Delivered {
                key: *key,
                to: to.as_str().to_owned(),
                message: message.clone(),
            });
        }
        outcome
    }
}

/// A sender for tests.
pub fn sender() -> Sender {
    Sender {
        supervisor: None,
        public_url: "https://khoiphuc.example.vn".into(),
        service: Line::new("Chìa Khoá"),
        demonstration: true,
        imprints: Default::default(),
    }
}
