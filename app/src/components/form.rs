//! A form: one submission at a time, an error summary that takes the focus, a status line that
//! always says what is going on.

use leptos::{
    ev::SubmitEvent,
    html::{Div, ElementChild},
    prelude::*,
    task::spawn_local,
};

use super::{Title, whole};
use crate::{browser, words::Words};

/// What is wrong: with a field (its name), or with the whole (empty).
#[derive(Clone, Debug, PartialEq)]
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
    pub errors: RwSignal<Vec<FormError>>,
    pub busy: RwSignal<bool>,
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

    /// Shows errors, or takes them away where there are none.
    pub(crate) fn show(self, errors: Vec<FormError>) {
        if let Some(title) = self.title {
            title.set_error(!errors.is_empty());
        }
        _ = self.errors.try_set(errors);
    }

    /// What is wrong with a field; tracks.
    pub(crate) fn error_of(self, field: &'static str) -> Option<String> {
        self.errors.with(|errors| {
            errors.iter().find(|error| error.field == field).map(|error| error.text.clone())
        })
    }

    /// Runs a submission: never two at once, and what it could not do is shown.
    pub(crate) fn run(self, work: impl Future<Output = Result<(), Vec<FormError>>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let errors = work.await.err().unwrap_or_default();
            // The page may be gone by now.
            _ = self.busy.try_set(false);
            if self.errors.try_with_untracked(|_| ()).is_some() {
                self.show(errors);
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
    fields: AnyView,
) -> AnyView {
    let common = &form.words.common;
    let no_script = ["<p class=\"notice notice-warn\">", common.no_script, "</p>"].concat();
    whole(view! {
        {summary(form)}
        <form
            method="post"
            action=action
            novalidate
            data-app=""
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                submit();
            }
        >
            <noscript inner_html=no_script></noscript>
            {fields}
            <p class="status" data-wait-note="" hidden role="status">
                {common.loading}
            </p>
        </form>
    })
}

/// The button that submits, and the line that says what happens meanwhile.
pub(crate) fn submit(
    form: Form,
    label: &'static str,
    status: impl Fn() -> String + Send + 'static,
) -> AnyView {
    whole(view! {
        <button class="button" type="submit" aria-disabled=move || form.busy.get().then_some("true")>
            {label}
        </button>
        <p class="status" role="status">
            {move || if form.busy.get() { status() } else { String::new() }}
        </p>
    })
}

/// The summary above the form; empty until there is something to say.
fn summary(form: Form) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    Effect::new(move |_| {
        form.errors.track();
        if let Some(summary) = node.get() {
            _ = summary.focus();
        }
    });
    move || {
        let errors = form.errors.get();
        if errors.is_empty() {
            return None;
        }
        let items = errors.into_iter().map(|FormError { field, text }| {
            let item = leptos::html::li();
            if field.is_empty() {
                whole(item.child(leptos::html::p().child(text)))
            } else {
                let href = ["#", field].concat();
                whole(item.child(view! {
                    <a
                        href=href
                        on:click=move |event| {
                            event.prevent_default();
                            browser::focus_field(field);
                        }
                    >
                        {text}
                    </a>
                }))
            }
        });
        Some(whole(view! {
            <div class="error-summary" tabindex="-1" role="alert" node_ref=node>
                <h2>{form.words.common.summary_heading}</h2>
                <ul>{items.collect_view()}</ul>
            </div>
        }))
    }
}
