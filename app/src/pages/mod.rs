//! One module per page.

mod account;
mod check;
mod email;
mod guide;
mod home;
mod link;
mod password;

use leptos::prelude::*;

use crate::{
    components::whole,
    operator::OPERATOR,
    routes::{Page, Route},
};

/// The page behind a route. Every arm is erased: the router must not know their types.
pub(crate) fn page(route: Route) -> AnyView {
    let lang = route.lang;
    match route.page {
        Page::Home => whole(home::home(lang)),
        Page::Guide(_) => whole(guide::guide(route)),
        Page::NotFound => whole(home::not_found(lang)),
        Page::Email => email::email(lang),
        // A build that serves nobody does not even carry these pages.
        _ if !OPERATOR.serves() => whole(home::closed(route)),
        Page::Link => link::link(lang),
        Page::NotMe => link::not_me(lang),
        Page::Password => password::password(lang),
        Page::SignIn => account::sign_in(lang),
        Page::Account => account::account(lang),
    }
}
