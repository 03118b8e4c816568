//! The few browser calls that Leptos has no word for. All of them are quiet where the browser
//! refuses: a page must not die because storage is off in an in-app browser.

use js_sys::{Date, Object, Reflect};
use leptos::{prelude::*, wasm_bindgen::JsCast as _};
use web_sys::{Element, Event, FocusOptions, HtmlElement, HtmlInputElement, Storage};

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

/// Tells `early.js` that forms work now.
pub(crate) fn announce_ready() {
    if let Ok(event) = Event::new("chiakhoa:ready") {
        _ = window().dispatch_event(&event);
    }
}

fn element<T: leptos::wasm_bindgen::JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to the element with this id.
pub(crate) fn focus(id: &str) {
    if let Some(element) = element::<HtmlElement>(id) {
        _ = element.focus();
    }
}

/// Moves the focus without moving the page.
pub(crate) fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    _ = element.focus_with_options(&options);
}

/// Moves the focus to a field with its label in view, so that one sees what is asked
/// (as govuk-frontend's error summary does).
pub(crate) fn focus_field(id: &str) {
    let Some(input) = element::<HtmlInputElement>(id) else { return };
    let label = input.labels().and_then(|labels| labels.item(0));
    if let Some(label) = label.and_then(|label| label.dyn_into::<HtmlElement>().ok()) {
        label.scroll_into_view();
    }
    focus_in_place(&input);
}

/// What stands in a field, whoever wrote it: some browsers fill fields in without any event.
pub(crate) fn field_value(id: &str) -> Option<String> {
    element::<HtmlInputElement>(id).map(|input| input.value())
}

/// Empties every field of the page.
pub(crate) fn empty_fields() {
    if let Ok(inputs) = document().query_selector_all("input") {
        for index in 0..inputs.length() {
            if let Some(input) = inputs.item(index) {
                input.unchecked_into::<HtmlInputElement>().set_value("");
            }
        }
    }
}

/// The browser's clock in whole seconds. Only ever compared with itself: phones' clocks are wrong.
#[expect(clippy::cast_possible_truncation, reason = "far below 2^53 for millennia")]
pub(crate) fn now() -> i64 {
    (Date::now() / 1000.0) as i64
}

/// Leaves the page for good, so that "back" does not return to it.
pub(crate) fn leave_for(href: &str) {
    _ = window().location().replace(href);
}

fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}

/// Reads the tab's storage.
pub(crate) fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Writes the tab's storage. Only ever for the recovery's id.
pub(crate) fn store(key: &str, value: &str) {
    if let Some(storage) = storage() {
        _ = storage.set_item(key, value);
    }
}

/// Takes one entry out of the tab's storage.
pub(crate) fn unstore(key: &str) {
    if let Some(storage) = storage() {
        _ = storage.remove_item(key);
    }
}

/// Empties the tab's storage.
pub(crate) fn forget() {
    if let Some(storage) = storage() {
        _ = storage.clear();
    }
}

/// The secret of a link: what `early.js` took out of the address bar, or, where that did not run
/// or the link was opened in a page already there, the fragment itself, which is then removed.
pub(crate) fn take_token() -> Option<String> {
    let location = window().location();
    let hash = location.hash().unwrap_or_default();
    if hash.len() > 1 {
        let clean = [location.pathname().ok()?, location.search().ok()?].concat();
        let history = window().history().ok()?;
        let state = history.state().ok()?;
        _ = history.replace_state_with_url(&state, "", Some(&clean));
        return Some(hash[1..].to_owned());
    }
    let early: Object = Reflect::get(&window(), &"chiakhoa".into()).ok()?.dyn_into().ok()?;
    let token = Reflect::get(&early, &"token".into()).ok()?.as_string()?;
    _ = Reflect::set(&early, &"token".into(), &"".into());
    (!token.is_empty()).then_some(token)
}

/// The part of the page that the address names after `#`, if any.
pub(crate) fn fragment() -> Option<String> {
    let hash = window().location().hash().ok()?;
    hash.strip_prefix('#').filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Names a part of the page in the address, without a new entry in the history; empty names none.
pub(crate) fn set_fragment(id: &str) {
    let location = window().location();
    let (Ok(path), Ok(search)) = (location.pathname(), location.search()) else { return };
    let sign = if id.is_empty() { "" } else { "#" };
    let address = [&path, &search, sign, id].concat();
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or_default();
        _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// Longer than any name of a part, shorter than any secret of a link.
const LONGEST_PART: usize = 40;

/// Lets a link that was just pressed lead to the part of the page that is open here.
pub(crate) fn keep_part(event: &Event) {
    let link = event.current_target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    let Some((link, href)) = link.and_then(|link| link.get_attribute("href").map(|it| (link, it)))
    else {
        return;
    };
    let page = href.split('#').next().unwrap_or_default();
    let part = fragment().filter(|part| part.len() < LONGEST_PART);
    let href = part.map_or_else(|| page.to_owned(), |part| [page, "#", &part].concat());
    // Only an illegal attribute name can fail here.
    _ = link.set_attribute("href", &href);
}

/// The clipboard, where the browser has one: in-app browsers often have none.
pub(crate) fn clipboard() -> Option<web_sys::Clipboard> {
    let navigator = window().navigator();
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
    clipboard.dyn_into().ok()
}

/// Brings the directory's own module, where prose that came later asks for it: see `finder`.
pub(crate) fn wake_directory(prose: &Element) {
    let asks = prose.query_selector("[data-finder]").ok().flatten();
    let Some(address) = asks.and_then(|it| it.get_attribute("data-finder")) else { return };
    // A module is evaluated once for a document; after that it hears of new pages.
    let loaded = document().query_selector("script[src='/finder.js']").ok().flatten().is_some();
    if loaded {
        if let Ok(event) = Event::new("chiakhoa:directory") {
            _ = window().dispatch_event(&event);
        }
    } else if let (Ok(script), Some(head)) =
        (document().create_element("script"), document().head())
    {
        _ = script.set_attribute("type", "module");
        _ = script.set_attribute("src", &address);
        _ = head.append_child(&script);
    }
}
