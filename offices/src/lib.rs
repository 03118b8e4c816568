//! The directory of local social-insurance offices: which one serves a place, by whatever name.
//!
//! In July 2025 Vietnam merged 63 provinces into 34, abolished 696 districts and made 3,321 wards
//! of 10,035; the offices were renamed with them and rearranged in October. People know the old
//! names, letters and lists carry both, and most rows of the data lack something. So this crate
//! does two things: it finds a place by old and new names however they are typed, and it says what
//! it does not know.
//!
//! # Search
//!
//! All names are made of some 2,000 words, which fold ([`fold()`]) to half as many. A query is read
//! in three steps, cheap enough for every keystroke:
//!
//! 1. *Words.* Accents fold away but are remembered; `q1`, `p.`, `tp` and `bhxh` are known; Telex
//!    and VNI keystrokes and glued words are read where the dictionary knows what comes out.
//! 2. *Candidates.* Each word of the query has a price for each word of the dictionary: nothing if
//!    they agree, little for a begun last word, more for a typing mistake (looked for only when
//!    nothing good is found without). Names that share words are found by an index and scored
//!    roughly: what they cost, what the district and province around explain, what is missing.
//! 3. *Rows.* The best are scored in full: order, accents, and whether the word before a name
//!    (`phường`, `quận`, …) speaks of its level. A number after `phường` names a ward and nothing
//!    else. Homonyms become one row that asks for the district, a divided ward asks for the part,
//!    and `phường 7 quận 3`, which is older than the data, becomes the district with the words that
//!    nobody knows marked.
//!
//! Costs are small integers, named where they are defined; the table in `tests/queries.tsv` holds
//! them to what people type, and `tests/every_name.rs` finds every name by itself.
//!
//! # Honesty
//!
//! [`Directory::serving`] always gives an office with its [`Basis`]: sourced, merged, or only the
//! provincial one. Offices carry status, confidence, source and date; blanks are empty strings and
//! stay so. [`hours::state`] names every reason why it is an estimate.
//!
//! # Limits
//!
//! Old names are those of June 2025, with a few older ones in `data/aliases.csv`. The points are the
//! middles of wards: a place near a border may look like its neighbour.

#[cfg(feature = "build")]
pub mod build;
mod columns;
mod directory;
mod fold;
pub mod hours;
mod names;
mod nearest;
mod office;
mod places;
mod reader;
mod search;
mod serving;
mod units;

pub use directory::Directory;
pub use fold::fold;
pub use nearest::{Near, Nearest, OUTSIDE, distance_km};
pub use office::{Confidence, Level, Office, Phone, Status};
pub use reader::{FormatError, file_name};
pub use search::{Answer, Hit, Results, Subject};
pub use serving::{Basis, Change, Coverage, Serving, UNITS_CHANGED};
pub use units::{DistrictId, OfficeId, OldProvinceId, OldWardId, ProvinceId, UnitKind, WardId};

/// The directory as the repository has it, for pre-rendering and the tests.
#[cfg(feature = "embedded")]
pub static EMBEDDED: &[u8] = include_bytes!("../data/directory.bin");
