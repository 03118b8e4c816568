//! Importing office tables: what is wrong is named by row and column, and nothing is half-done.

use offices::Directory;
use offices::build::{Mode, Tables, compile, merge};

const TABLES: Tables<'static> = Tables {
    provinces: include_str!("../data/provinces.csv"),
    wards: include_str!("../data/wards_34.csv"),
    old_wards: include_str!("../data/old_ward_to_new_ward.csv"),
    aliases: include_str!("../data/aliases.csv"),
    offices: include_str!("../data/offices.csv"),
};

const HEADER: &str = "id,level,name_vi,province_code,address_vi,phone,status,confidence,\
source_url,source_date,wards,hours,successor\n";

#[expect(clippy::unwrap_used, reason = "only called where something is wrong")]
fn report(rows: &str) -> Vec<String> {
    let report = merge(&TABLES, "new.csv", &format!("{HEADER}{rows}"), Mode::Merge).err().unwrap();
    report.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn a_good_row_is_added_and_found() {
    let row = "ca-mau-nam-can,local,Bảo hiểm xã hội cơ sở Năm Căn,96,\"Số 1, xã Năm Căn\",\
0290 000 0000,current,high,https://example.vn/nam-can,2026-09-01,32191,mon-fri 07:00-11:00,\n";
    let (text, changes) =
        merge(&TABLES, "new.csv", &format!("{HEADER}{row}"), Mode::Merge).unwrap();
    assert_eq!(changes.added, ["ca-mau-nam-can"]);
    assert!(changes.changed.is_empty() && changes.removed.is_empty());
    let bytes = compile(&Tables { offices: &text, ..TABLES }).unwrap();
    let d = Directory::parse(&bytes).unwrap();
    assert_eq!(d.offices().len(), 158);
    assert_eq!(d.as_of(), 20_260_901);
    let office = d.office_by_id("ca-mau-nam-can").unwrap();
    assert_eq!(office.address, "Số 1, xã Năm Căn");
    let served: Vec<String> = d.office_wards(office.key).map(|w| d.ward_code(w)).collect();
    assert_eq!(served, ["32191"]);
    assert_eq!(d.search("bhxh nam can", 1).hits[0].name, "Bảo hiểm xã hội cơ sở Năm Căn");
}

#[test]
fn a_row_of_a_known_id_takes_the_place_of_the_old_one() {
    let row = "tphcm-thu-duc,local,Bảo hiểm xã hội cơ sở Thủ Đức,79,Số 1 đường Thử,,current,high,\
https://example.vn/thu-duc,2026-09-01,,,\n";
    let (text, changes) =
        merge(&TABLES, "new.csv", &format!("{HEADER}{row}"), Mode::Merge).unwrap();
    assert_eq!(changes.changed, ["tphcm-thu-duc"]);
    let place = |t: &str| t.lines().position(|l| l.starts_with("tphcm-thu-duc,"));
    assert_eq!(place(&text), place(TABLES.offices));
}

#[test]
fn the_table_itself_changes_nothing() {
    for mode in [Mode::Merge, Mode::Replace] {
        let (text, changes) = merge(&TABLES, "offices.csv", TABLES.offices, mode).unwrap();
        assert_eq!(changes.unchanged.len(), 157);
        assert!(changes.added.is_empty() && changes.changed.is_empty());
        assert_eq!(compile(&Tables { offices: &text, ..TABLES }).unwrap(), offices::EMBEDDED);
    }
}

#[test]
fn every_error_names_its_row_and_column() {
    let rows = "\
Bad Id,local,Tên,79,Địa chỉ,,current,high,https://example.vn,,,,
a,local,Tên,79,Địa chỉ,,current,high,https://example.vn,,99999,,
b,local,Tên,79,Địa chỉ,12345,current,high,https://example.vn,,,,
c,local,Tên,79,Địa chỉ,,current,high,,,,,
c,local,Tên,79,Địa chỉ,,current,high,https://example.vn,,,,
d,local,Tên,77,Địa chỉ,,current,high,https://example.vn,,,,
e,local,,79,Địa chỉ,,gone,sure,ftp://example.vn,13/2025,,any time,
f,local,Tên,79,,,closed-2025-10-01,high,https://example.vn,,,,
g,local,Tên
";
    let found = report(rows);
    for expected in [
        "new.csv:2: id:",
        "new.csv:3: wards: “99999” is no known code",
        "new.csv:4: phone: “12345”",
        "new.csv:5: source_url: a source is missing",
        "new.csv:6: id: stands already in line 5",
        "new.csv:7: province_code:",
        "new.csv:8: name_vi:",
        "new.csv:8: status: “gone”",
        "new.csv:8: confidence: “sure”",
        "new.csv:8: source_url: no web address",
        "new.csv:8: source_date:",
        "new.csv:8: hours:",
        "new.csv:9: successor:",
        "new.csv:9: address_vi:",
        "new.csv:10: 3 fields, the header has 13",
    ] {
        assert!(found.iter().any(|line| line.starts_with(expected)), "{expected} in {found:#?}");
    }
}

#[test]
fn a_ward_that_another_office_serves_is_refused() {
    let found = report("x,local,Tên,79,Địa chỉ,,current,high,https://example.vn,,26740,,\n");
    assert!(found[0].contains("phuong sai gon is served by “tphcm-tan-dinh” already"), "{found:?}");
}

#[test]
fn relations_over_the_whole_table_are_checked() {
    let closed = |next: &str| {
        format!("x,local,Tên,79,Địa chỉ,,closed-2025-10-01,high,https://example.vn,,,,{next}\n")
    };
    assert!(report(&closed("nowhere"))[0].contains("no office “nowhere”"));
    assert!(report(&closed("tphcm-bau-bang"))[0].contains("is closed itself"));
    let second = "x,provincial,Tên,79,Địa chỉ,,current,high,https://example.vn,,,,\n";
    assert!(report(second)[0].contains("is the provincial office already"));
    let only = format!("{HEADER}x,local,Tên,79,Địa chỉ,,current,high,https://example.vn,,,,\n");
    let replaced = merge(&TABLES, "new.csv", &only, Mode::Replace).err().unwrap();
    assert!(replaced.to_string().contains("no provincial office for Hà Nội"));
}

#[test]
fn a_header_that_lacks_or_invents_columns_is_refused() {
    let found = merge(&TABLES, "new.csv", "id,colour\nx,red\n", Mode::Merge).err().unwrap();
    let text = found.to_string();
    assert!(text.contains("new.csv:1: colour: no such column"));
    assert!(text.contains("new.csv:1: source_url: this column is missing"));
}
