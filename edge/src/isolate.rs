//! What outlives a request within one isolate: configuration, permits, friction. None of
//! it is a source of truth; another isolate has its own.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use recovery::desk::access::KeyCache;
use worker::{Env, wasm_bindgen::JsValue};

use crate::{
    config::{Config, Vars},
    friction::Friction,
    limits::Refusals,
    log::{Level, Line},
    permits::Permits,
};

/// Most key derivations at once, and how long one may hold its permit.
const DERIVATIONS: usize = 2;
const DERIVATION_DEADLINE_MS: i64 = 15_000;

/// The state of this isolate.
pub struct Isolate {
    /// The run-time variables.
    pub config: Config,
    /// Permits to derive a password hash.
    pub derivations: Permits,
    /// Writes per network.
    pub friction: Friction,
    /// Refusals by limits that are not written yet.
    pub refusals: Refusals,
    /// The hour for which the text budget's alarm was last written.
    pub budget_alarm: Cell<i64>,
    /// The public keys that staff tokens are checked with.
    pub staff_keys: RefCell<KeyCache>,
    local_origin: RefCell<Option<String>>,
}

thread_local! {
    static ISOLATE: RefCell<Option<Rc<Isolate>>> = const { RefCell::new(None) };
}

impl Isolate {
    /// The isolate's state; the first request reads the variables. A deployment's variables
    /// do not change while an isolate lives.
    pub fn get(env: &Env) -> Rc<Self> {
        ISOLATE.with_borrow_mut(|slot| {
            Rc::clone(slot.get_or_insert_with(|| {
                let (config, wrong) = Config::load(&EnvVars(env));
                for line in wrong {
                    Line::new(Level::Error, "config").with("wrong", line).write();
                }
                Rc::new(Self {
                    config,
                    derivations: Permits::new(DERIVATIONS, DERIVATION_DEADLINE_MS),
                    friction: Friction::default(),
                    refusals: Refusals::default(),
                    budget_alarm: Cell::new(0),
                    staff_keys: RefCell::new(KeyCache::default()),
                    local_origin: RefCell::new(None),
                })
            }))
        })
    }

    /// In development: the address at which this machine was asked last. The scheduled work
    /// has no request of its own to learn it from.
    pub fn local_origin(&self) -> Option<String> {
        self.local_origin.borrow().clone()
    }

    /// See [`Self::local_origin`].
    pub fn remember_local_origin(&self, origin: &str) {
        *self.local_origin.borrow_mut() = Some(origin.to_owned());
    }
}

/// Variables and secrets of the Worker: both are plain strings of `env`.
struct EnvVars<'a>(&'a Env);

impl Vars for EnvVars<'_> {
    fn get(&self, name: &str) -> Option<String> {
        worker::js_sys::Reflect::get(self.0.as_ref(), &JsValue::from_str(name)).ok()?.as_string()
    }
}
