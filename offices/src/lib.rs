//! The directory of local social-insurance offices.

#[cfg(feature = "build")]
pub mod build;
mod directory;
mod fold;
pub mod hours;
mod names;
mod nearest;
mod office;
mod page;
mod places;
mod reader;
mod search;
mod serving;
mod units;

pub use directory::Directory;
pub use fold::fold;
pub use nearest::{Near, Nearest, OUTSIDE, distance_km};
pub use office::{Confidence, Level, Office, Phone, Status};
pub use page::{BadCursor, OfficeItem, Page, Question, WardItem};
pub use reader::FormatError;
pub use search::{Answer, Hit, Results, Subject};
pub use serving::{Basis, Change, Coverage, Serving, UNITS_CHANGED};
pub use units::{DistrictId, OfficeId, OldProvinceId, OldWardId, ProvinceId, UnitKind, WardId};

/// The directory as the repository has it, for the Worker and the tests.
#[cfg(feature = "embedded")]
pub static EMBEDDED: &[u8] = include_bytes!("../data/directory.bin");
