//! The single-page app: every public page, pre-rendered by the native build (`ssr`) and taken
//! over in the browser by the WebAssembly build (`hydrate`).
//!
//! Both builds draw the same tree, so whatever the build machine cannot know (the hour, browser
//! storage, the address's query) is drawn first as unknown and filled in by an effect.

#![expect(unreachable_pub, reason = "the component macro makes its parts public")]

#[cfg(feature = "ssr")]
pub mod colours;
#[cfg(feature = "ssr")]
pub mod directory;
#[cfg(feature = "ssr")]
pub mod document;
#[cfg(feature = "ssr")]
pub mod faq;
pub mod known;
pub mod operator;
#[cfg(feature = "ssr")]
pub mod pattern;
#[cfg(feature = "ssr")]
pub mod prose;
pub mod qr;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod site;
#[cfg(feature = "ssr")]
pub mod sources;
#[cfg(feature = "ssr")]
pub mod start;
pub mod words;

mod api;
mod browser;
mod captcha;
mod components;
mod flow;
mod frame;
mod live;
mod pages;
mod read;

pub use frame::App;
