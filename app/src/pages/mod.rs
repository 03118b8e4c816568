//! One module per page.

mod guide;
mod home;

use leptos::prelude::*;

use crate::routes::{Page, Route};

/// The page behind a route. Every arm is erased: the router must not know their types.
pub(crate) fn page(route: Route) -> AnyView {
    match route.page {
        Page::Home => home::home(route.lang).into_any(),
        Page::Guide(_) => guide::guide(route).into_any(),
        _ => home::not_found(route.lang).into_any(),
    }
}
