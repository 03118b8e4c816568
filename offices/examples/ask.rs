//! `cargo run -p offices --example ask -- "an phu, thu duc"`: what the directory answers.

use offices::{Answer, Directory, Hit, Subject};

#[expect(clippy::print_stdout, reason = "a command-line example")]
fn main() -> Result<(), offices::FormatError> {
    let directory = Directory::parse(offices::EMBEDDED)?;
    for text in std::env::args().skip(1) {
        let results = directory.search(&text, 6);
        println!("{text}{}", if results.corrected { "  (corrected)" } else { "" });
        for hit in &results.hits {
            println!("  {:>3} {}", hit.cost, line(&directory, hit));
        }
    }
    Ok(())
}

fn line(d: &Directory<'_>, hit: &Hit) -> String {
    let place = match &hit.subject {
        Subject::Province(_) | Subject::Office(_) => String::new(),
        Subject::OldProvince(_) => "(old)".into(),
        Subject::District(id) => format!("(old) {}", d.old_province_name(d.district_province(*id))),
        Subject::Ward(id) => d.province_name(d.ward_province(*id)),
        Subject::OldWard(id) => format!("(old) {}", d.district_name(d.old_ward_district(*id))),
        Subject::Homonyms(all) => format!("(old) which of {}?", all.len()),
    };
    let lead = match &hit.answer {
        Answer::Ward { ward, serving } => {
            let office = serving.and_then(|s| d.office(s.office)).map_or("", |o| o.id);
            format!("{} -> {office}", d.ward_name(*ward))
        }
        Answer::AskPart(parts) => {
            let names: Vec<String> = parts.iter().map(|w| d.ward_name(*w)).collect();
            format!("part? {}", names.join(" / "))
        }
        Answer::AskWard(wards) => format!("{} wards", wards.len()),
        Answer::AskDistrict(_) => String::new(),
        Answer::Province { office, .. } => {
            office.and_then(|o| d.office(o)).map_or("", |o| o.id).to_owned()
        }
        Answer::Office(o) => d.office(*o).map_or("", |o| o.id).to_owned(),
        Answer::Closed { now, .. } => {
            let ids = now.iter().filter_map(|o| d.office(*o)).map(|o| o.id);
            format!("closed, now {}", ids.collect::<Vec<_>>().join(" + "))
        }
    };
    let alias = hit.alias.as_deref().map_or(String::new(), |a| format!(" [{a}]"));
    let unknown = if hit.unknown_ward.is_some() { " ward unknown" } else { "" };
    format!("{}{alias} {:?} {place} => {lead}{unknown}", hit.name, hit.highlights)
}
