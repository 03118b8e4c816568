//! A form: one submission at a time, an error summary that takes the focus, a status line that
//! always says what is going on.

use leptos::{ev::SubmitEvent, html::Div, prelude::*};

use super::{
    Local, Part, Title, dynamic, effect, flag, group, items_of, nothing, reactive::Attr, spawn,
    text, whole,
};
use crate::{
    api, browser,
    words::{Words, fill},
};

/// What is wrong: with a field (its name), or with the whole (empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormError {
    pub field: &'static str,
    pub text: String,
}

impl FormError {
    pub(crate) fn field(field: &'static str, text: impl Into<String>) -> Self {
        Self { field, text: text.into() }
    }

    pub(crate) fn whole(text: impl Into<String>) -> Self {
        Self::field("", text)
    }
}

/// The state of one form on the page.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    pub words: &'static Words,
    errors: RwSignal<Vec<FormError>>,
    busy: RwSignal<bool>,
    title: Option<Title>,
}

impl Form {
    pub(crate) fn new(words: &'static Words) -> Self {
        Self {
            words,
            errors: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            title: use_context(),
        }
    }

    /// A form in a state that it otherwise gets into by being used, for the pattern page.
    #[cfg(feature = "ssr")]
    pub(crate) fn shown(words: &'static Words, errors: Vec<FormError>, busy: bool) -> Self {
        let form = Self::new(words);
        form.errors.set(errors);
        form.busy.set(busy);
        form
    }

    /// Whether a submission is under way; tracks.
    pub(crate) fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// What the status line says, before anything else, while a call waits for its second try;
    /// tracks.
    pub(crate) fn second_try(self) -> Option<String> {
        let seconds = if self.busy.get() { api::waiting() } else { 0 };
        (seconds > 0).then(|| fill(self.words.common.second_try, &seconds.to_string()))
    }

    /// All that is wrong with a field; tracks.
    pub(crate) fn error_of(self, field: &'static str) -> Option<String> {
        self.errors.with(|errors| {
            let errors = errors.iter().filter(|error| error.field == field);
            let texts: Vec<&str> = errors.map(|error| error.text.as_str()).collect();
            (!texts.is_empty()).then(|| texts.join(". "))
        })
    }

    /// Runs a submission: never two at once, and what it could not do is shown.
    pub(crate) fn run(self, work: impl Future<Output = Result<(), Vec<FormError>>> + 'static) {
        self.run_boxed(Box::pin(work));
    }

    fn run_boxed(self, work: Local<Result<(), Vec<FormError>>>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn(async move {
            let errors = work.await.err().unwrap_or_default();
            // The page may be gone by now, and with it the signals.
            if self.busy.try_set(false).is_none() {
                if let Some(title) = self.title {
                    title.set_error(!errors.is_empty());
                }
                self.errors.set(errors);
            }
        });
    }
}

/// The form element: posts to an honest page where nothing else works, and says so in advance
/// where JavaScript is off.
pub(crate) fn form_element(
    form: Form,
    action: &'static str,
    submit: impl Fn() + 'static,
    fields: Vec<Part>,
) -> Part {
    let common = &form.words.common;
    let no_script = ["<p class=\"notice notice-warn\">", common.no_script, "</p>"].concat();
    let submit: Box<dyn FnMut(SubmitEvent)> = Box::new(move |event: SubmitEvent| {
        event.prevent_default();
        submit();
    });
    group(vec![
        summary(form),
        whole(view! {
            <form method="post" action=action novalidate data-app="" on:submit=submit>
                <noscript inner_html=no_script></noscript>
                {group(fields)}
                <p class="status" data-wait-note="" hidden role="status">
                    {common.loading}
                </p>
            </form>
        }),
    ])
}

/// The page's main button, and the line that says what happens after it is pressed.
pub(crate) fn submit(
    form: Form,
    label: &'static str,
    status: impl Fn() -> String + Send + 'static,
) -> Part {
    let status = text(move || {
        form.second_try().unwrap_or_else(|| if form.busy.get() { status() } else { String::new() })
    });
    group(vec![
        submit_button("button", label, flag(move || form.busy.get())),
        whole(view! { <p class="status" role="status">{status}</p> }),
    ])
}

/// A button that submits a form of lesser weight; `waiting` says when it does nothing yet.
pub(crate) fn submit_quiet(
    form: Form,
    label: &'static str,
    waiting: impl Fn() -> bool + Send + 'static,
) -> Part {
    submit_button("button button-quiet", label, flag(move || form.busy.get() || waiting()))
}

fn submit_button(class: &'static str, label: &'static str, disabled: Attr) -> Part {
    whole(view! { <button class=class type="submit" aria-disabled=disabled>{label}</button> })
}

/// The summary above the form; empty until there is something to say.
fn summary(form: Form) -> Part {
    let node = NodeRef::<Div>::new();
    effect(move || {
        form.errors.track();
        if let Some(summary) = node.get() {
            _ = summary.focus();
        }
    });
    dynamic(move || {
        let errors = form.errors.get();
        if errors.is_empty() {
            return nothing();
        }
        let items = errors.into_iter().map(|FormError { field, text }| {
            if field.is_empty() { whole(view! { <p>{text}</p> }) } else { to_field(field, text) }
        });
        whole(view! {
            <div class="error-summary" tabindex="-1" role="alert" node_ref=node>
                <h2>{form.words.common.summary_heading}</h2>
                {items_of("", items.collect())}
            </div>
        })
    })
}

fn to_field(field: &'static str, text: String) -> Part {
    let href = ["#", field].concat();
    let go: Box<dyn FnMut(leptos::ev::MouseEvent)> = Box::new(move |event| {
        event.prevent_default();
        browser::focus_field(field);
    });
    whole(view! { <a href=href on:click=go>{text}</a> })
}
