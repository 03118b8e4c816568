//! What the directory of offices says to people, in both languages, as HTML.
//!
//! The same functions serve twice. The native build writes the list of provinces and a page for
//! every office, whole, so that each can be read without a script. In the browser this crate is a
//! module of its own beside the app, loaded on the directory's pages once they are painted: it
//! searches on every keystroke, finds what is near, and says whether an office is open. People
//! who came for a password never load it (`docs/size-log.md`).
//!
//! Everything that stands in the data goes through [`html::Html::text`], which escapes it.

mod brief;
pub mod browse;
pub mod coverage;
mod facts;
mod hits;
mod hours;
mod html;
pub mod machine;
mod near;
pub mod office;
mod remember;
mod words;

#[cfg(target_arch = "wasm32")]
pub mod page;

pub use brief::short_name;
pub use hits::{Found, choice, search};
pub use hours::open_now;
pub use near::{locating, near, refused, unavailable};
pub use remember::may_be_kept;
