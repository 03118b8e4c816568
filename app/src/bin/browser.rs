//! What Trunk builds: takes the pre-rendered page over.

use leptos::{mount::hydrate_from, prelude::*, wasm_bindgen::JsCast as _};

fn main() {
    let slot = document().get_element_by_id("app").and_then(|slot| slot.dyn_into().ok());
    // Without the slot the page is not one of ours: leave it as it is.
    if let Some(slot) = slot {
        hydrate_from(slot, app::App).forget();
    }
}
