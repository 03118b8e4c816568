//! One module per page.

mod guide;
mod home;

use leptos::prelude::*;

use crate::{
    components::whole,
    routes::{Page, Route},
};

/// The page behind a route. Every arm is erased: the router must not know their types.
pub(crate) fn page(route: Route) -> AnyView {
    match route.page {
        Page::Home => whole(home::home(route.lang)),
        Page::Guide(_) => whole(guide::guide(route)),
        _ => whole(home::not_found(route.lang)),
    }
}
