//! What moves in the page. Nothing here sends anything: the text stays in the field and in the
//! address's fragment, which no server sees; the place stays in the browser.

use std::{cell::Cell, rc::Rc};

use js_sys::{Date, decode_uri_component, encode_uri_component};
use offices::Directory;
use recovery::locale::Locale;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{
    Document, Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, Position,
    PositionError, PositionOptions, Window,
};

use crate::{Found, choice, locating, may_be_kept, near, open_now, refused, search, unavailable};

/// A pause in typing after which the count is read aloud, ms.
const PAUSE: i32 = 1_000;
/// How often the page of an office looks at the clock, ms.
const MINUTE: i32 = 60_000;
/// Where the text stands in the address: `#tim=…`.
const FRAGMENT: &str = "#tim=";

/// Makes the page of one office say whether it is open.
#[wasm_bindgen]
pub fn office(root: &Element) {
    let hours = root.get_attribute("data-office").unwrap_or_default();
    let Ok(Some(place)) = root.query_selector("[data-open]") else { return };
    let Ok(place) = place.dyn_into::<HtmlElement>() else { return };
    let Some(window) = web_sys::window() else { return };
    let lang = language(&window);
    let say = move || {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
        let now = (Date::now() / 1000.0) as i64;
        place.set_inner_html(&open_now(lang, &hours, now));
        place.is_connected()
    };
    say();
    let timer = Rc::new(Cell::new(0));
    let tick = Closure::<dyn FnMut()>::new({
        let (timer, window) = (Rc::clone(&timer), window.clone());
        move || {
            if !say() {
                window.clear_interval_with_handle(timer.get());
            }
        }
    });
    let function = tick.as_ref().unchecked_ref();
    if let Ok(handle) =
        window.set_interval_with_callback_and_timeout_and_arguments_0(function, MINUTE)
    {
        timer.set(handle);
        tick.forget();
    }
}

/// The directory held for the life of the document.
#[wasm_bindgen]
pub struct Finder {
    directory: Rc<Directory<'static>>,
}

#[wasm_bindgen]
impl Finder {
    /// Reads the compact file; `undefined` when it is none.
    pub fn read(bytes: Vec<u8>) -> Option<Finder> {
        let bytes: &'static [u8] = bytes.leak();
        let directory = Rc::new(Directory::parse(bytes).ok()?);
        Some(Self { directory })
    }

    /// Makes a search page work; what was typed before is answered at once.
    pub fn attach(&self, root: &Element) {
        if let Some(page) = Page::within(root, Rc::clone(&self.directory)) {
            let page = Rc::new(page);
            page.listen();
            page.begin();
        }
    }
}

struct Page {
    window: Window,
    document: Document,
    lang: Locale,
    directory: Rc<Directory<'static>>,
    input: HtmlInputElement,
    status: HtmlElement,
    section: HtmlElement,
    rows: HtmlElement,
    near: HtmlElement,
    /// The timer of the announcement.
    pause: Cell<i32>,
}

impl Page {
    fn within(root: &Element, directory: Rc<Directory<'static>>) -> Option<Self> {
        let window = web_sys::window()?;
        let document = window.document()?;
        let lang = language(&window);
        let find = |selector: &str| -> Option<HtmlElement> {
            root.query_selector(selector).ok()??.dyn_into().ok()
        };
        Some(Self {
            lang,
            directory,
            input: find("input")?.dyn_into().ok()?,
            status: find("[data-count]")?,
            section: find("[data-results]")?,
            rows: find("[data-rows]")?,
            near: find("[data-near]")?,
            pause: Cell::new(0),
            window,
            document,
        })
    }

    /// Listeners live as long as their elements do.
    fn listen(self: &Rc<Self>) {
        let page = Rc::clone(self);
        on(&self.input, "input", move |_: Event| page.typed());
        let page = Rc::clone(self);
        on(&self.input, "keydown", move |event: KeyboardEvent| {
            // There is nothing to send: Enter leads to what was found.
            if event.key() == "Enter" && !page.section.hidden() {
                event.prevent_default();
                page.focus("ket-qua");
            }
        });
        let page = Rc::clone(self);
        on(&self.near, "click", move |_: Event| page.locate());
        let page = Rc::clone(self);
        // `toggle` does not bubble, but it is captured on its way down.
        let opened = Closure::<dyn FnMut(Event)>::new(move |event: Event| page.opened(&event));
        let function = opened.as_ref().unchecked_ref();
        if self.rows.add_event_listener_with_callback_and_bool("toggle", function, true).is_ok() {
            opened.forget();
        }
    }

    /// What stands in the field already, or else in the address: the way back from an office.
    fn begin(self: &Rc<Self>) {
        if self.input.value().is_empty()
            && let Ok(hash) = self.window.location().hash()
            && let Some(text) = hash.strip_prefix(FRAGMENT)
            && let Ok(text) = decode_uri_component(text)
        {
            self.input.set_value(&String::from(text));
        }
        self.status.set_text_content(None);
        if !self.input.value().is_empty() {
            self.typed();
        }
    }

    fn typed(self: &Rc<Self>) {
        let text = self.input.value();
        let found = search(&self.directory, self.lang, &text);
        self.remember(text.trim());
        self.show(&found);
        self.announce(found.status);
    }

    fn show(&self, found: &Found) {
        self.rows.set_inner_html(&found.html);
        self.section.set_hidden(found.html.is_empty());
    }

    /// Said after a pause only: every keystroke would drown the letters themselves.
    fn announce(self: &Rc<Self>, text: String) {
        self.window.clear_timeout_with_handle(self.pause.get());
        let page = Rc::clone(self);
        let say = Closure::once_into_js(move || page.status.set_text_content(Some(&text)));
        let function = say.unchecked_ref();
        let timer =
            self.window.set_timeout_with_callback_and_timeout_and_arguments_0(function, PAUSE);
        self.pause.set(timer.unwrap_or_default());
    }

    /// Keeps the text in the fragment, so that the way back from an office leads to it.
    fn remember(&self, text: &str) {
        let location = self.window.location();
        let (Ok(path), Ok(query)) = (location.pathname(), location.search()) else { return };
        let mut address = [path, query].concat();
        if !text.is_empty() && may_be_kept(text) {
            address.push_str(FRAGMENT);
            address.push_str(&String::from(encode_uri_component(text)));
        }
        if let Ok(history) = self.window.history() {
            let state = history.state().unwrap_or(JsValue::NULL);
            // Browsers limit how often this may be done; then the old text stays.
            _ = history.replace_state_with_url(&state, "", Some(&address));
        }
    }

    /// A choice was opened: only now is its inside needed.
    fn opened(&self, event: &Event) {
        let Some(details) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else {
            return;
        };
        let Some(key) = details.get_attribute("data-choice") else { return };
        if details.child_element_count() > 1 {
            return;
        }
        if let Ok(inside) = self.document.create_element("div") {
            inside.set_class_name("choice-inside");
            inside.set_inner_html(&choice(&self.directory, self.lang, &key));
            _ = details.append_child(&inside);
        }
    }

    fn locate(self: &Rc<Self>) {
        let Ok(geolocation) = self.window.navigator().geolocation() else {
            return self.not_located(unavailable(self.lang));
        };
        self.tell(locating(self.lang));
        let (page, before) = (Rc::clone(self), self.input.value());
        let found = Closure::once_into_js(move |position: Position| {
            // Who has typed on meanwhile is not interrupted.
            if page.input.value() != before {
                return;
            }
            let at = position.coords();
            let place = (at.latitude(), at.longitude());
            let found = near(&page.directory, page.lang, place, at.accuracy());
            page.input.set_value("");
            page.remember("");
            page.show(&found);
            page.status.set_text_content(Some(&found.status));
            page.focus("ket-qua");
        });
        let (page, before) = (Rc::clone(self), self.input.value());
        let refused = Closure::once_into_js(move |error: PositionError| {
            if page.input.value() != before {
                return;
            }
            let was_refused = error.code() == PositionError::PERMISSION_DENIED;
            let why = if was_refused { refused } else { unavailable };
            page.not_located(why(page.lang));
        });
        let options = PositionOptions::new();
        options.set_timeout(15_000);
        // A ward is large: a place some minutes old is good enough, and saves the battery.
        options.set_maximum_age(300_000);
        let asked = geolocation.get_current_position_with_error_callback_and_options(
            found.unchecked_ref(),
            Some(refused.unchecked_ref()),
            &options,
        );
        if asked.is_err() {
            self.not_located(unavailable(self.lang));
        }
    }

    /// Without a place the provinces are the way on.
    fn not_located(&self, why: &str) {
        self.tell(why);
        self.focus("tinh");
    }

    fn tell(&self, text: &str) {
        self.window.clear_timeout_with_handle(self.pause.get());
        self.status.set_text_content(Some(text));
    }

    fn focus(&self, id: &str) {
        let element = self.document.get_element_by_id(id);
        if let Some(element) = element.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            _ = element.focus();
        }
    }
}

/// The document's language; the app keeps it true.
fn language(window: &Window) -> Locale {
    let root = window.document().and_then(|document| document.document_element());
    let tag = root.and_then(|root| root.get_attribute("lang"));
    tag.as_deref().and_then(Locale::from_tag).unwrap_or_default()
}

fn on<E: wasm_bindgen::convert::FromWasmAbi + 'static>(
    element: &HtmlElement,
    name: &str,
    act: impl FnMut(E) + 'static,
) {
    let closure = Closure::<dyn FnMut(E)>::new(act);
    let function = closure.as_ref().unchecked_ref();
    if element.add_event_listener_with_callback(name, function).is_ok() {
        closure.forget();
    }
}
