//! The page's heading, its title, and the focus that moves to it when the page changes.

use leptos::{html::H1, prelude::*};

use super::{Part, effect, whole};
use crate::{browser, words::Words};

/// Whether the pre-rendered page has been taken over. What is drawn later is new to the person
/// and takes the focus; what was there from the start must not.
#[derive(Clone, Copy)]
pub(crate) struct Started(StoredValue<bool>);

impl Started {
    pub(crate) fn provide() -> Self {
        let started = Self(StoredValue::new(false));
        provide_context(started);
        started
    }

    pub(crate) fn set(self) {
        self.0.set_value(true);
    }

    /// Reads the flag of the tree around.
    pub(crate) fn now() -> bool {
        use_context::<Self>().is_some_and(|started| started.0.get_value())
    }
}

/// What the document's title is made of.
#[derive(Clone, Copy)]
pub(crate) struct Title {
    heading: RwSignal<String>,
    error: RwSignal<bool>,
}

impl Title {
    pub(crate) fn provide() -> Self {
        let title = Self { heading: RwSignal::new(String::new()), error: RwSignal::new(false) };
        provide_context(title);
        title
    }

    /// Marks the title of a page that shows an error summary.
    pub(crate) fn set_error(self, error: bool) {
        _ = self.error.try_set(error);
    }

    /// The whole title; tracks both parts.
    pub(crate) fn text(self, words: &Words) -> String {
        let title = words.document_title(&self.heading.get());
        if self.error.get() { [words.common.error_prefix, &title].concat() } else { title }
    }
}

/// The one `h1`. Drawing it names the document and, after the first page, takes the focus, so
/// that a screen reader says where one has arrived.
pub(crate) fn heading(text: &'static str) -> Part {
    heading_in(None, text)
}

/// The same, in another language than the page's: a name.
pub(crate) fn heading_in(lang: Option<&'static str>, text: &'static str) -> Part {
    let node = NodeRef::<H1>::new();
    if let Some(title) = use_context::<Title>() {
        title.heading.set(text.to_owned());
        title.error.set(false);
    }
    if Started::now() {
        effect(move || {
            if let Some(heading) = node.get() {
                browser::focus_in_place(&heading);
            }
        });
    }
    whole(view! { <h1 node_ref=node tabindex="-1" lang=lang>{text}</h1> })
}
