//! The directory's search with nothing around it, as WebAssembly. The app links the crate
//! `offices` itself; this wrapper exists to weigh the search and to time it beside JavaScript
//! engines.

use offices::{Directory, Subject};
use wasm_bindgen::prelude::wasm_bindgen;

/// A directory held for the life of the page.
#[wasm_bindgen]
pub struct Finder {
    directory: Directory<'static>,
}

#[wasm_bindgen]
impl Finder {
    /// Reads the compact file; `undefined` when it is none.
    pub fn open(bytes: Vec<u8>) -> Option<Finder> {
        let bytes: &'static [u8] = bytes.leak();
        Directory::parse(bytes).ok().map(|directory| Finder { directory })
    }

    /// The best rows, one per line: kind, a space, and a code or an id.
    pub fn search(&self, text: &str, limit: usize) -> String {
        let d = &self.directory;
        let mut out = String::new();
        for hit in d.search(text, limit).hits {
            let (kind, codes) = match hit.subject {
                Subject::Province(id) => ("province", vec![d.province_code(id)]),
                Subject::OldProvince(id) => ("old-province", vec![d.old_province_code(id)]),
                Subject::District(id) => ("district", vec![d.district_code(id)]),
                Subject::Ward(id) => ("ward", vec![d.ward_code(id)]),
                Subject::OldWard(id) => ("old-ward", vec![d.old_ward_code(id)]),
                Subject::Homonyms(all) => {
                    ("homonyms", all.into_iter().map(|id| d.old_ward_code(id)).collect())
                }
                Subject::Office(id) => {
                    ("office", d.office(id).map(|o| o.id.to_owned()).into_iter().collect())
                }
            };
            out.push_str(kind);
            for code in codes {
                out.push(' ');
                out.push_str(&code);
            }
            out.push('\n');
        }
        out
    }
}
