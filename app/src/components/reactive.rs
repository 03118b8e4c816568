//! The reactive pieces, each with one compiled copy: closures are boxed at once.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local};

use super::part::{Part, whole};

/// A future of the browser's one thread.
pub(crate) type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// A part that is drawn anew when what it reads changes.
pub(crate) fn dynamic(draw: impl FnMut() -> Part + Send + 'static) -> Part {
    let draw: Box<dyn FnMut() -> Part + Send> = Box::new(draw);
    whole(draw)
}

/// Text that follows what it reads.
pub(crate) fn text(text: impl FnMut() -> String + Send + 'static) -> Part {
    let text: Box<dyn FnMut() -> String + Send> = Box::new(text);
    whole(text)
}

/// The value of an attribute that follows what it reads; absent while it is `None`.
pub(crate) type Attr = Box<dyn FnMut() -> Option<String> + Send>;

/// See [`Attr`].
pub(crate) fn attr(value: impl FnMut() -> Option<String> + Send + 'static) -> Attr {
    Box::new(value)
}

/// An attribute that is `true` or absent.
pub(crate) fn flag(mut value: impl FnMut() -> bool + Send + 'static) -> Attr {
    attr(move || value().then(|| String::from("true")))
}

/// Runs in the browser only, after the page is drawn, and again when what it reads changes.
pub(crate) fn effect(run: impl Fn() + 'static) {
    let run: Box<dyn Fn()> = Box::new(run);
    Effect::new(move |_| run());
}

/// Starts work that outlives the event it came from.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Local<()> = Box::pin(work);
    spawn_local(work);
}

/// A place on the page whose content is put there by hand: once, when an answer has come.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    content: StoredValue<Option<Part>, LocalStorage>,
    changed: RwSignal<i64>,
}

impl Slot {
    pub(crate) fn new() -> Self {
        Self { content: StoredValue::new_local(None), changed: RwSignal::new(0) }
    }

    /// Replaces the content; does nothing once the page is gone.
    pub(crate) fn put(self, part: Part) {
        if self.content.try_update_value(|content| *content = Some(part)).is_some() {
            self.changed.update(|changed| *changed += 1);
        }
    }

    /// The place itself, with what stands there at first.
    pub(crate) fn show(self, first: Part) -> Part {
        self.content.set_value(Some(first));
        dynamic(move || {
            self.changed.track();
            let content = self.content.try_update_value(Option::take).flatten();
            content.unwrap_or_else(super::nothing)
        })
    }
}
