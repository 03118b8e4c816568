//! The offices that have an address of their own: what the router must know of the directory.

/// An office by its id in addresses and its name.
#[derive(Debug, PartialEq, Eq)]
pub struct KnownOffice {
    /// As in `/co-quan/{id}`.
    pub id: &'static str,
    /// In full, as the heading of its page.
    pub name: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/known.rs"));
