//! The proof of work that stands for a captcha: asked for while the person types, solved off the
//! main thread, spent by the form. No puzzle, nothing to see but a percentage if one is faster
//! than the phone. Where the operator chose Turnstile, a frame of ours shows it instead
//! (`app/workers/turnstile.ts`), and its token takes the solution's way.

use futures_channel::oneshot;
use js_sys::{Object, Promise, Reflect};
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast as _, JsValue, closure::Closure, prelude::wasm_bindgen},
};
use recovery::api::slug;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageEvent;

use crate::{
    api::{self, Failure},
    browser,
    components::{Local, Part, spawn, whole},
};

/// Seconds after which a solution is thrown away: challenges live 300 by default.
const FRESH: i64 = 240;

#[wasm_bindgen]
extern "C" {
    /// A `Worker`, or the same solver on the page's own thread where there are none.
    type Solver;
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &Solver, message: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &Solver, handler: Option<&js_sys::Function>);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &Solver, handler: Option<&js_sys::Function>);
    #[wasm_bindgen(method)]
    fn terminate(this: &Solver);
    /// Defined by `early.js`. A form is named where a third party's captcha is shown for it.
    #[wasm_bindgen(js_namespace = chiakhoa, js_name = solver, catch)]
    fn solver(form: &str) -> Result<Promise, JsValue>;
}

#[derive(Clone)]
enum State {
    Idle,
    Solving,
    Solved { payload: String, at: i64 },
    Failed(Failure),
}

/// The captcha of one form.
#[derive(Clone, Copy)]
pub(crate) struct Captcha {
    form: &'static str,
    state: StoredValue<State>,
    waiting: StoredValue<Option<oneshot::Sender<()>>>,
    /// 0 to 100 while solving.
    progress: RwSignal<i64>,
    /// Raised by the service when it is under load.
    level: StoredValue<u8>,
}

impl Captcha {
    /// A captcha for `form`, one of `email`, `case`, `session`; nothing is asked for yet.
    pub(crate) fn new(form: &'static str) -> Self {
        Self {
            form,
            state: StoredValue::new(State::Idle),
            waiting: StoredValue::new(None),
            progress: RwSignal::new(0),
            level: StoredValue::new(0),
        }
    }

    /// Where a third party's captcha shows, should the operator have chosen one: empty till then.
    pub(crate) fn place(self) -> Part {
        whole(view! { <div class="captcha" data-captcha=self.form></div> })
    }

    /// How far the work is, in percent; tracks.
    pub(crate) fn progress(self) -> i64 {
        self.progress.get()
    }

    /// Begins, unless there is a fresh solution or the work is under way.
    fn start(self) {
        let busy = self.state.with_value(|state| match state {
            State::Solving => true,
            State::Solved { at, .. } => browser::now() - at < FRESH,
            State::Idle | State::Failed(_) => false,
        });
        if !busy {
            self.state.set_value(State::Solving);
            self.progress.set(0);
            spawn(async move {
                if let Err(failure) = self.work().await {
                    self.settle(State::Failed(failure));
                }
            });
        }
    }

    /// A sign of life in the form: begins, but does not try again what has failed, or every key
    /// pressed would. Sending the form does.
    pub(crate) fn touch(self) {
        if !self.state.with_value(|state| matches!(state, State::Failed(_))) {
            self.start();
        }
    }

    /// The solution, which is gone then; waits for it if need be.
    pub(crate) fn take(self) -> Local<Result<String, Failure>> {
        Box::pin(async move {
            self.start();
            if matches!(self.state.get_value(), State::Solving) {
                let (done, settled) = oneshot::channel();
                self.waiting.set_value(Some(done));
                // An error means that the page is gone, and nobody waits any more.
                _ = settled.await;
            }
            match self.state.try_update_value(|state| std::mem::replace(state, State::Idle)) {
                Some(State::Solved { payload, .. }) => Ok(payload),
                Some(State::Failed(failure)) => Err(failure),
                _ => Err(Failure::Offline),
            }
        })
    }

    /// Asks for a new challenge of the level that the refusal named, if it named one.
    pub(crate) fn refused(self, level: Option<u8>) {
        if let Some(level) = level {
            self.level.set_value(level);
        }
        self.state.set_value(State::Idle);
        self.start();
    }

    async fn work(self) -> Result<(), Failure> {
        let mut path = ["captcha?form=", self.form].concat();
        let level = self.level.get_value();
        if level > 0 {
            path = [&path, "&level=", &level.to_string()].concat();
        }
        // No challenge of ours: the operator chose Turnstile, which brings its own.
        let (challenge, framed) = match api::get(&path).await {
            Err(failure) if failure.slug() == slug::NOT_FOUND => (JsValue::NULL, self.form),
            answer => (answer?, ""),
        };
        let solver = JsFuture::from(solver(framed).map_err(|_| Failure::Offline)?);
        let solver: Solver = solver.await.map_err(|_| Failure::Offline)?.unchecked_into();
        let (send, answer) = oneshot::channel();
        let mut send = Some(send);
        let progress = self.progress;
        let handler = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let reply = event.data();
            let member = |name: &str| Reflect::get(&reply, &name.into()).ok();
            if let Some(fraction) = member("fraction").and_then(|fraction| fraction.as_f64()) {
                #[expect(clippy::cast_possible_truncation, reason = "clamped to 0..=100")]
                let percent = (fraction.clamp(0.0, 1.0) * 100.0) as i64;
                _ = progress.try_set(percent);
                return;
            }
            // `failed`, or the `error` of a script that did not load: no payload.
            let payload = member("payload").and_then(|payload| payload.as_string());
            if let Some(send) = send.take() {
                _ = send.send(payload);
            }
        });
        solver.set_onmessage(Some(handler.as_ref().unchecked_ref()));
        solver.set_onerror(Some(handler.as_ref().unchecked_ref()));
        let message = Object::new();
        _ = Reflect::set(&message, &"challenge".into(), &challenge);
        solver.post_message(&message);
        let payload = answer.await.ok().flatten();
        solver.set_onmessage(None);
        solver.set_onerror(None);
        solver.terminate();
        let payload = payload.ok_or(Failure::Offline)?;
        self.settle(State::Solved { payload, at: browser::now() });
        Ok(())
    }

    fn settle(self, state: State) {
        self.state.try_update_value(|slot| *slot = state);
        if let Some(Some(done)) = self.waiting.try_update_value(Option::take) {
            _ = done.send(());
        }
    }
}
