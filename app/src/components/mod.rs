//! The parts pages are made of. Each has a CSS file of the same name under `style/components`.

mod clear;
mod code_entry;
mod field;
mod form;
mod heading;
mod prose;
mod whole;

pub(crate) use clear::clear_all;
pub(crate) use code_entry::code_entry;
pub(crate) use field::{Field, Kind, field};
pub(crate) use form::{Form, FormError, form_element, submit};
pub(crate) use heading::{Heading, Started, Title};
pub(crate) use prose::Prose;
pub(crate) use whole::whole;
