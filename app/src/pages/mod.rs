//! One module per page.

mod account;
mod check;
mod directory;
mod email;
mod guide;
mod home;
mod link;
mod password;
mod text;

use crate::{
    components::Part,
    operator::OPERATOR,
    routes::{Guide, Page, Route},
};

/// The page behind a route.
pub(crate) fn page(route: Route) -> Part {
    let lang = route.lang;
    match route.page {
        Page::Home => home::home(lang),
        Page::Guide(Guide::Text) if OPERATOR.serves_texts() => text::text(lang),
        Page::Guide(_) => guide::guide(route),
        Page::Directory | Page::Coverage | Page::Office(_) => directory::directory(route),
        Page::NotFound => home::not_found(lang),
        Page::Email => email::email(lang),
        // A build that serves nobody does not even carry the pages below.
        _ if !OPERATOR.serves() => home::closed(lang),
        Page::Link => link::link(lang),
        Page::NotMe => link::not_me(lang),
        Page::Password => password::password(lang),
        Page::SignIn => account::sign_in(lang),
        Page::Account => account::account(lang),
    }
}
