//! The parts pages are made of. What has a look of its own has a CSS file of the same name under
//! `style/components`.

mod basic;
mod clear;
mod code_entry;
mod composed;
mod field;
mod form;
mod heading;
mod part;
mod prose;
mod reactive;

pub(crate) use basic::{
    action, anchor, aside, button_link, href, items_of, link, list, live, paragraph, subheading,
    wrapped,
};
pub(crate) use clear::clear_all;
pub(crate) use code_entry::{code_entry, code_form, redeem};
pub(crate) use composed::composed;
pub(crate) use field::{Field, Kind, field};
pub(crate) use form::{Form, FormError, form_element, submit, submit_quiet};
pub(crate) use heading::{Started, Title, heading, heading_in};
pub(crate) use part::{Part, group, nothing, whole};
pub(crate) use prose::prose;
pub(crate) use reactive::{Local, Slot, attr, dynamic, effect, flag, spawn, text};
