//! What a recovery under way knows. In memory only, but for the recovery's id, which grants
//! nothing by itself and lets a reloaded page ask for the code again.

use js_sys::Date;
use leptos::prelude::*;
use recovery::api::{RecoveryAccepted, TicketGranted};

use crate::browser;

const STORED: &str = "recovery";

/// A recovery that was asked for.
#[derive(Clone, PartialEq)]
pub(crate) struct Recovery {
    pub id: String,
    /// Browser's milliseconds; unknown after a reload.
    pub expires: Option<f64>,
    pub resend: Option<f64>,
}

/// The right to set a password.
#[derive(Clone, PartialEq)]
pub(crate) struct Ticket {
    pub value: String,
    /// Browser's milliseconds.
    pub expires: f64,
}

/// The whole of it, shared by all pages and languages.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    pub identifier: RwSignal<String>,
    pub email: RwSignal<String>,
    pub recovery: RwSignal<Option<Recovery>>,
    pub ticket: RwSignal<Option<Ticket>>,
    /// A password was set.
    pub done: RwSignal<bool>,
    /// The fragment of a link, taken out of the address bar.
    pub token: RwSignal<String>,
    /// Why the person was sent back to an earlier step, said there once.
    pub notice: RwSignal<Option<&'static str>>,
}

impl Flow {
    pub(crate) fn provide() -> Self {
        let flow = Self {
            identifier: RwSignal::new(String::new()),
            email: RwSignal::new(String::new()),
            recovery: RwSignal::new(None),
            ticket: RwSignal::new(None),
            done: RwSignal::new(false),
            token: RwSignal::new(String::new()),
            notice: RwSignal::new(None),
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
        if self.recovery.with_untracked(Option::is_none)
            && let Some(id) = browser::stored(STORED)
        {
            self.recovery.set(Some(Recovery { id, expires: None, resend: None }));
        }
    }

    /// A message is on its way, or so it seems.
    pub(crate) fn accepted(self, answer: RecoveryAccepted) {
        browser::store(STORED, &answer.recovery);
        let now = Date::now();
        self.done.set(false);
        self.recovery.set(Some(Recovery {
            id: answer.recovery,
            expires: Some(after(now, answer.expires_in)),
            resend: Some(after(now, answer.resend_after)),
        }));
    }

    /// Code or link was right.
    pub(crate) fn granted(self, answer: TicketGranted) {
        self.done.set(false);
        let expires = after(Date::now(), answer.expires_in);
        self.ticket.set(Some(Ticket { value: answer.ticket, expires }));
    }

    /// The recovery leads nowhere any more.
    pub(crate) fn close(self) {
        browser::forget();
        self.recovery.set(None);
        self.ticket.set(None);
        self.token.set(String::new());
    }

    /// Leaves nothing of the person on this device.
    pub(crate) fn clear(self) {
        self.close();
        self.identifier.set(String::new());
        self.email.set(String::new());
        self.done.set(false);
        self.notice.set(None);
    }
}

/// A moment some seconds from another.
#[expect(clippy::cast_precision_loss, reason = "lifetimes are far below 2^52 seconds")]
fn after(now: f64, seconds: i64) -> f64 {
    now + seconds as f64 * 1000.0
}
