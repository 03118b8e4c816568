//! What the prose can do once the page is taken over. The words stay in the HTML; here is only
//! what moves. Nothing typed leaves the device: it goes into the page's text, into an `sms:` link
//! and into a drawing, and is gone with the page.
//!
//! | attribute | does |
//! |---|---|
//! | `data-field="x"` on an input | its value stands wherever `data-fill="x"` is, or else the `data-empty` there |
//! | `data-tick="x"` on a checkbox | ticks the box `data-mark="x"` |
//! | `data-sms="8079"` | composes a text from the field `number` in it: `data-sms-link`, `data-qr`, `data-when` |
//! | `data-when="wrong"` (`citizen`, `card`) | shown while the number is so |
//! | `data-copy="id"` on a button | copies that element's text but for parts with `data-fleeting`; says `data-done` or `data-failed` in `data-said` |
//! | `data-needs="number"` on it | not before the number is right |
//! | `data-print` on a button | prints the page |
//! | `data-leave="id"` on a link or button | after another app, the page goes on at that part |
//!
//! Which part is open stands in the address's fragment and nowhere else, so that reload, back and
//! a phone that threw the page away all lead to the same place.

use leptos::{prelude::*, task::spawn_local, wasm_bindgen::JsCast as _};
use recovery::{
    identifier::{Identifier, IdentifierError, IdentifierKind},
    sms_link::{Platform, sms_uri},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use crate::{browser, qr};

/// Reads what was typed before the page worked, and opens the part that the address names.
pub(crate) fn start(slot: &Element) {
    for field in all(slot, "[data-field],[data-tick]") {
        typed(slot, &field, false);
    }
    if let Some(id) = browser::fragment() {
        show(slot, &id);
    }
}

/// A field has changed; `done` where the person has left it.
pub(crate) fn input(slot: &Element, event: &Event, done: bool) {
    if let Some(field) = target(event) {
        typed(slot, &field, done);
    }
}

/// Something was pressed.
pub(crate) fn click(slot: &Element, event: &Event) {
    let Some(target) = target(event) else { return };
    let closest = |selector| target.closest(selector).ok().flatten();
    if let Some(summary) = closest("summary") {
        remember(&summary);
    } else if let Some(link) = closest("a[href^='#']") {
        let id = link.get_attribute("href").unwrap_or_default();
        open(slot, id.trim_start_matches('#'));
    } else if closest("[data-print]").is_some() {
        _ = window().print();
    }
    if closest("[data-needs]").is_some() && !number_is_ready(slot) {
        // A text without its number costs as much and brings nothing.
        event.prevent_default();
        return;
    }
    if let Some(button) = closest("[data-copy]") {
        copy(slot, &button);
    }
    if let Some(leaving) = closest("[data-leave]") {
        set(slot, "data-left", &leaving.get_attribute("data-leave").unwrap_or_default());
    }
}

/// The page has gone behind another app, or come back from it.
pub(crate) fn seen(slot: &Element) {
    let Some(id) = slot.get_attribute("data-left") else { return };
    if document().hidden() {
        // The phone may throw the page away meanwhile: then it is loaded anew at this part.
        browser::set_fragment(&id);
    } else {
        _ = slot.remove_attribute("data-left");
        show(slot, &id);
    }
}

/// Carries a value to where it is shown.
fn typed(slot: &Element, field: &HtmlElement, done: bool) {
    let Some(input) = field.dyn_ref::<HtmlInputElement>() else { return };
    if let Some(name) = field.get_attribute("data-tick") {
        let mark = if input.checked() { "☑" } else { "☐" };
        fill(slot, "data-mark", &name, mark);
    } else if let Some(composer) = field.closest("[data-sms]").ok().flatten() {
        compose(&composer, input, done);
    } else if let Some(name) = field.get_attribute("data-field") {
        fill(slot, "data-fill", &name, input.value().trim());
    }
}

/// Writes a value into every element whose `attribute` has this name.
fn fill(slot: &Element, attribute: &str, name: &str, value: &str) {
    for place in all(slot, &["[", attribute, "=\"", name, "\"]"].concat()) {
        let empty = place.get_attribute("data-empty").unwrap_or_default();
        place.set_text_content(Some(if value.is_empty() { &empty } else { value }));
    }
}

/// The text to the short number, from the number typed.
fn compose(composer: &Element, input: &HtmlInputElement, done: bool) {
    let to = composer.get_attribute("data-sms").unwrap_or_default();
    let parsed = Identifier::parse(&input.value());
    let (state, number) = match &parsed {
        Ok(identifier) => match identifier.kind() {
            IdentifierKind::SocialInsurance => ("ready", identifier.normal()),
            IdentifierKind::HealthCard => ("card", identifier.normal()),
            // Nobody says that the service knows this number.
            IdentifierKind::Citizen => ("citizen", ""),
        },
        Err(IdentifierError::Empty) => ("empty", ""),
        Err(_) if done => ("wrong", ""),
        Err(_) => ("typing", ""),
    };
    for message in all(composer, "[data-when]") {
        message.set_hidden(message.get_attribute("data-when").as_deref() != Some(state));
    }
    let invalid = if state == "wrong" || state == "citizen" { "true" } else { "false" };
    set(input, "aria-invalid", invalid);
    fill(composer, "data-fill", "number", number);
    let body = ["BH MK ", number].concat();
    let platform = platform();
    for link in all(composer, "[data-sms-link]") {
        set(&link, "href", &sms_uri(platform, &to, &body));
    }
    for drawing in all(composer, "[data-qr]") {
        let picture = if number.is_empty() { String::new() } else { draw(&to, &body) };
        drawing.set_inner_html(&picture);
    }
}

/// Which form of link this device reads.
pub(crate) fn platform() -> Platform {
    let navigator = window().navigator();
    let touch_points = u32::try_from(navigator.max_touch_points()).unwrap_or(0);
    Platform::of(&navigator.user_agent().unwrap_or_default(), touch_points)
}

/// The text as a picture for another phone's camera.
pub(crate) fn draw(to: &str, body: &str) -> String {
    let code = qr::encode(&["SMSTO:", to, ":", body].concat());
    code.map_or_else(String::new, |code| {
        [
            "<svg viewBox=\"-4 -4 33 33\" width=\"264\" height=\"264\" aria-hidden=\"true\">\
             <path fill=\"#fff\" d=\"M-4-4h33v33h-33z\"/><path fill=\"#000\" d=\"",
            &qr::path(&code),
            "\"/></svg>",
        ]
        .concat()
    })
}

/// Whether the number can be sent; if not, says why and goes to the field.
fn number_is_ready(slot: &Element) -> bool {
    let Some(field) = all(slot, "[data-sms] [data-field]").next() else { return false };
    typed(slot, &field, true);
    let Some(input) = field.dyn_ref::<HtmlInputElement>() else { return false };
    if Identifier::parse(&input.value()).is_ok_and(|it| it.kind() != IdentifierKind::Citizen) {
        return true;
    }
    for message in all(slot, "[data-when=wrong]") {
        message.set_hidden(false);
    }
    _ = field.focus();
    false
}

/// Copies an element's text; where the browser refuses, selects it for the person to copy.
fn copy(slot: &Element, button: &Element) {
    let id = button.get_attribute("data-copy").unwrap_or_default();
    let Some(source) = find(slot, &id) else { return };
    // Out of sight for a moment: what is hidden is no part of the text.
    let fleeting: Vec<_> = all(&source, "[data-fleeting]:not([hidden])").collect();
    for element in &fleeting {
        element.set_hidden(true);
    }
    let text = source.inner_text();
    for element in &fleeting {
        element.set_hidden(false);
    }
    let (slot, button) = (slot.clone(), button.clone());
    let clipboard = browser::clipboard();
    spawn_local(async move {
        let copied = match clipboard {
            Some(clipboard) => JsFuture::from(clipboard.write_text(&text)).await.is_ok(),
            None => false,
        };
        if !copied && let Ok(Some(selection)) = window().get_selection() {
            _ = selection.select_all_children(&source);
        }
        let words = button.get_attribute(if copied { "data-done" } else { "data-failed" });
        for place in all(&slot, &["[data-said=\"", &id, "\"]"].concat()) {
            place.set_text_content(words.as_deref());
        }
    });
}

/// Keeps in the address which part is open.
fn remember(summary: &Element) {
    let Some(details) = summary.parent_element() else { return };
    let Ok(Some(part)) = details.query_selector(":scope > [id]") else { return };
    // The press comes before the change.
    let closing = details.has_attribute("open");
    browser::set_fragment(&if closing { String::new() } else { part.id() });
}

/// Opens the part, brings it into sight and moves the focus there.
fn show(slot: &Element, id: &str) {
    if let Some(part) = open(slot, id) {
        part.scroll_into_view();
        browser::focus(id);
    }
}

/// Opens whatever is folded around the part.
fn open(slot: &Element, id: &str) -> Option<HtmlElement> {
    let part = find(slot, id)?;
    let mut around = part.closest("details").ok().flatten();
    while let Some(details) = around {
        set(&details, "open", "");
        around = details.parent_element().and_then(|it| it.closest("details").ok().flatten());
    }
    Some(part)
}

fn target(event: &Event) -> Option<HtmlElement> {
    event.target()?.dyn_into().ok()
}

/// The element of the prose with this id; ids come from the address too, so no selector is made.
fn find(slot: &Element, id: &str) -> Option<HtmlElement> {
    let element = document().get_element_by_id(id)?;
    slot.contains(Some(&element)).then_some(element)?.dyn_into().ok()
}

fn all(root: &Element, selector: &str) -> impl Iterator<Item = HtmlElement> + use<> {
    let found = root.query_selector_all(selector).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |at| found.as_ref()?.item(at)?.dyn_into().ok())
}

fn set(element: &Element, name: &str, value: &str) {
    // Only an illegal attribute name can fail here.
    _ = element.set_attribute(name, value);
}
