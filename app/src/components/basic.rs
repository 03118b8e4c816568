//! Plain pieces of a page: paragraphs, links, lists, boxes.

use leptos::{ev::MouseEvent, prelude::*};

use super::part::{Part, group, whole};

/// A paragraph of text. An empty class is left out.
pub(crate) fn paragraph(class: &'static str, text: impl Into<String>) -> Part {
    wrapped(class, whole(text.into()))
}

/// A paragraph around a part.
pub(crate) fn wrapped(class: &'static str, inner: Part) -> Part {
    let class = (!class.is_empty()).then_some(class);
    whole(view! { <p class=class>{inner}</p> })
}

/// A link in a paragraph of its own.
pub(crate) fn link(class: &'static str, href: String, text: &'static str) -> Part {
    wrapped(class, anchor("", href, text))
}

/// A link that looks like the page's main button.
pub(crate) fn button_link(href: String, text: &'static str) -> Part {
    wrapped("", anchor("button", href, text))
}

/// A bare link.
pub(crate) fn anchor(class: &'static str, href: String, text: impl Into<String>) -> Part {
    let class = (!class.is_empty()).then_some(class);
    let text = text.into();
    whole(view! { <a class=class href=href>{text}</a> })
}

/// A quiet button that does something on this page.
pub(crate) fn action(
    class: &'static str,
    label: Part,
    run: impl FnMut(MouseEvent) + 'static,
) -> Part {
    let run: Box<dyn FnMut(MouseEvent)> = Box::new(run);
    whole(view! { <button class=class type="button" on:click=run>{label}</button> })
}

/// A second-level heading.
pub(crate) fn subheading(text: &'static str) -> Part {
    whole(view! { <h2>{text}</h2> })
}

/// A list of short texts.
pub(crate) fn list(items: &[&'static str]) -> Part {
    items_of("", items.iter().map(|item| whole(*item)).collect())
}

/// A list of parts.
pub(crate) fn items_of(class: &'static str, items: Vec<Part>) -> Part {
    let class = (!class.is_empty()).then_some(class);
    let items = items.into_iter().map(|item| whole(view! { <li>{item}</li> })).collect();
    whole(view! { <ul class=class>{group(items)}</ul> })
}

/// A part of the page set off from the rest.
pub(crate) fn aside(parts: Vec<Part>) -> Part {
    whole(view! { <div class="aside">{group(parts)}</div> })
}

/// Something the voice reads out when it changes: `role` is `status` (when there is time) or
/// `alert` (at once).
pub(crate) fn live(role: &'static str, class: &'static str, inner: Part) -> Part {
    let class = (!class.is_empty()).then_some(class);
    whole(view! { <div class=class role=role>{inner}</div> })
}

/// The address of a page of this language.
macro_rules! href {
    ($lang:expr, $($page:tt)+) => {
        $crate::routes::Route { lang: $lang, page: $crate::routes::Page::$($page)+ }.href()
    };
}
pub(crate) use href;
