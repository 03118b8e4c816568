//! What a recovery under way knows. In memory only, but for the recovery's id, which grants
//! nothing by itself and lets a reloaded page ask for the code again.

use leptos::prelude::*;
use recovery::api::{RecoveryAccepted, TicketGranted, WaitAccepted};

use crate::browser;

const STORED: &str = "recovery";
/// The same of a recovery by text message: the name tells which message holds the code.
const STORED_TEXT: &str = "text-recovery";
/// A page that waits for a text; as little a secret as the recovery's id.
const STORED_WAIT: &str = "wait";

/// Something the service gave out for a while.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub value: String,
    /// Seconds of the browser's clock; unknown after a reload.
    pub until: Option<i64>,
    /// Of a recovery: when asking for the message again makes sense.
    pub resend: Option<i64>,
}

/// A page that waits for a text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Wait {
    pub session: String,
    /// What is to be sent; unknown after a reload.
    pub text: Option<String>,
    /// Seconds of the browser's clock; unknown after a reload.
    pub until: Option<i64>,
}

/// The whole of it, shared by all pages and languages.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    pub identifier: RwSignal<String>,
    pub email: RwSignal<String>,
    /// The recovery that was asked for.
    pub recovery: RwSignal<Option<Held>>,
    /// Its code came by text message, not by email.
    pub by_text: RwSignal<bool>,
    /// The page waits for a text.
    pub wait: RwSignal<Option<Wait>>,
    /// The right to set a password.
    pub ticket: RwSignal<Option<Held>>,
    /// The service refused the ticket that the page held.
    pub refused: RwSignal<bool>,
    /// A password was set.
    pub done: RwSignal<bool>,
    /// The ticket came from a temporary password.
    pub temporary: RwSignal<bool>,
    /// The fragment of a link, taken out of the address bar.
    pub token: RwSignal<String>,
}

impl Flow {
    pub(crate) fn provide() -> Self {
        let flow = Self {
            identifier: RwSignal::new(String::new()),
            email: RwSignal::new(String::new()),
            recovery: RwSignal::new(None),
            by_text: RwSignal::new(false),
            wait: RwSignal::new(None),
            ticket: RwSignal::new(None),
            refused: RwSignal::new(false),
            done: RwSignal::new(false),
            temporary: RwSignal::new(false),
            token: RwSignal::new(String::new()),
        };
        provide_context(flow);
        flow
    }

    /// The flow of the tree around.
    pub(crate) fn get() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// Finds the recovery that a reload interrupted.
    pub(crate) fn restore(self) {
        if self.recovery.with_untracked(Option::is_some) {
            return;
        }
        for (key, by_text) in [(STORED, false), (STORED_TEXT, true)] {
            if let Some(value) = browser::stored(key).filter(is_id) {
                self.by_text.set(by_text);
                self.recovery.set(Some(Held { value, until: None, resend: None }));
                return;
            }
        }
    }

    /// Remembers which recovery is under way, and by which message its code came.
    fn remember(self, recovery: &str, by_text: bool) {
        let (key, other) = if by_text { (STORED_TEXT, STORED) } else { (STORED, STORED_TEXT) };
        browser::unstore(other);
        browser::store(key, recovery);
        self.by_text.set(by_text);
    }

    /// A message is on its way, or so it seems.
    pub(crate) fn accepted(self, answer: RecoveryAccepted) {
        self.remember(&answer.recovery, false);
        let now = browser::now();
        self.done.set(false);
        self.recovery.set(Some(Held {
            value: answer.recovery,
            until: Some(now + answer.expires_in),
            resend: Some(now + answer.resend_after),
        }));
    }

    /// Finds the wait that a reload interrupted.
    pub(crate) fn restore_wait(self) {
        if self.wait.with_untracked(Option::is_none)
            && let Some(session) = browser::stored(STORED_WAIT).filter(is_id)
        {
            self.wait.set(Some(Wait { session, text: None, until: None }));
        }
    }

    /// A text about this number is awaited.
    pub(crate) fn waits(self, answer: WaitAccepted, number: &str) {
        browser::store(STORED_WAIT, &answer.session);
        let text = Some(["BH MK ", number, " ", &answer.web_code].concat());
        let until = Some(browser::now() + answer.expires_in);
        self.wait.set(Some(Wait { session: answer.session, text, until }));
    }

    /// Nothing is awaited any more.
    pub(crate) fn stop_waiting(self) {
        browser::unstore(STORED_WAIT);
        self.wait.set(None);
    }

    /// A text has led to this recovery.
    pub(crate) fn located(self, recovery: &str, expires_in: i64) {
        self.remember(recovery, true);
        let until = Some(browser::now() + expires_in);
        self.done.set(false);
        self.recovery.set(Some(Held { value: recovery.to_owned(), until, resend: None }));
    }

    /// Code or link was right.
    pub(crate) fn granted(self, answer: TicketGranted) {
        self.done.set(false);
        self.refused.set(false);
        self.temporary.set(false);
        let until = Some(browser::now() + answer.expires_in);
        self.ticket.set(Some(Held { value: answer.ticket, until, resend: None }));
    }

    /// The link was good: its secret is dropped, the recovery it names is remembered, so that a
    /// reload can ask for the code.
    pub(crate) fn follow_link(self) {
        let token = self.token.get_untracked();
        if let Some((recovery, _)) = token.split_once('.') {
            self.remember(recovery, false);
            let value = recovery.to_owned();
            self.recovery.set(Some(Held { value, until: None, resend: None }));
        }
        self.token.set(String::new());
    }

    /// The recovery leads nowhere any more.
    pub(crate) fn close(self) {
        browser::forget();
        self.recovery.set(None);
        self.wait.set(None);
        self.ticket.set(None);
        self.token.set(String::new());
    }

    /// Leaves nothing of the person on this device.
    pub(crate) fn clear(self) {
        self.close();
        self.identifier.set(String::new());
        self.email.set(String::new());
        self.done.set(false);
    }
}

/// What stands in the tab's storage becomes part of an address: nothing but an id may.
#[expect(clippy::ptr_arg, reason = "a filter over `Option<String>` gives it so")]
fn is_id(text: &String) -> bool {
    text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
