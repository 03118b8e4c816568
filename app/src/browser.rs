//! The few browser calls that Leptos has no word for. All of them are quiet where the browser
//! refuses: a page must not die because storage is off in an in-app browser.

use leptos::{prelude::*, wasm_bindgen::JsCast as _};
use web_sys::{FocusOptions, HtmlElement};

/// Sets the document's title.
pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Says in which language the document is, for voices and spelling.
pub(crate) fn set_language(tag: &str) {
    if let Some(root) = document().document_element() {
        // Only an illegal attribute name can fail here.
        _ = root.set_attribute("lang", tag);
    }
}

/// Moves the focus to the element with this id.
pub(crate) fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        _ = element.focus();
    }
}

/// Moves the focus without moving the page.
pub(crate) fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    _ = element.focus_with_options(&options);
}
