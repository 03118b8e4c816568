//! The tables in `data/` and the compact file beside them.

use offices::build::{Tables, compile};

const TABLES: Tables<'static> = Tables {
    provinces: include_str!("../data/provinces.csv"),
    wards: include_str!("../data/wards_34.csv"),
    old_wards: include_str!("../data/old_ward_to_new_ward.csv"),
    aliases: include_str!("../data/aliases.csv"),
    offices: include_str!("../data/offices.csv"),
};

#[test]
fn the_compact_file_is_what_the_tables_give() {
    let bytes = compile(&TABLES).unwrap_or_else(|report| panic!("{report}"));
    assert!(bytes == offices::EMBEDDED, "run `cargo xtask offices build`");
}
