//! Writing the compact format; the layout is described in the README of this crate.

use std::collections::HashMap;

use super::Alias;
use super::rows::OfficeRow;
use super::units::{Units, index};
use crate::reader::{MAGIC, VERSION, checksum};

/// Bytes going out.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn u8(&mut self, n: u8) {
        self.0.push(n);
    }

    fn u16(&mut self, n: u16) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }

    fn varint(&mut self, mut n: u32) {
        while n >= 0x80 {
            self.0.push((n & 0x7F) as u8 | 0x80);
            n >>= 7;
        }
        self.0.push((n & 0x7F) as u8);
    }

    fn zigzag(difference: i32) -> u32 {
        ((difference << 1) ^ (difference >> 31)).cast_unsigned()
    }

    fn delta(&mut self, previous: &mut i32, value: i32) {
        self.varint(Self::zigzag(value - *previous));
        *previous = value;
    }

    fn count(&mut self, n: usize) {
        self.varint(u32::try_from(n).unwrap_or(u32::MAX));
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// All words of all names, the most frequent first: small numbers repeat, which packs better.
struct WordTable<'t> {
    words: Vec<&'t str>,
    number: HashMap<&'t str, u16>,
}

impl<'t> WordTable<'t> {
    fn of(names: impl Iterator<Item = &'t str>) -> Self {
        let mut uses: HashMap<&str, u32> = HashMap::new();
        for word in names.flat_map(str::split_whitespace) {
            *uses.entry(word).or_default() += 1;
        }
        let mut words: Vec<&str> = uses.keys().copied().collect();
        words.sort_by_key(|w| (std::cmp::Reverse(uses.get(w).copied()), *w));
        let number = words.iter().enumerate().map(|(i, w)| (*w, index(i))).collect();
        Self { words, number }
    }

    fn write(&self, out: &mut Writer) {
        out.count(self.words.len());
        for word in &self.words {
            out.u8(u8::try_from(word.len()).unwrap_or(u8::MAX));
        }
        for word in &self.words {
            out.0.extend_from_slice(word.as_bytes());
        }
    }

    fn names(&self, out: &mut Writer, names: impl Iterator<Item = &'t str> + Clone) {
        for name in names.clone() {
            out.u8(u8::try_from(name.split_whitespace().count()).unwrap_or(u8::MAX));
        }
        for word in names.flat_map(str::split_whitespace) {
            out.u16(self.number.get(word).copied().unwrap_or(0));
        }
    }
}

/// Writes everything; all references have been checked before.
pub(crate) fn encode(units: &Units, offices: &[OfficeRow], aliases: &[Alias]) -> Vec<u8> {
    let all = units.provinces.iter().map(|p| p.named.name.as_str());
    let all = all.chain(units.old_provinces.iter().map(|p| p.named.name.as_str()));
    let all = all.chain(units.districts.iter().map(|d| d.named.name.as_str()));
    let all = all.chain(units.wards.iter().map(|w| w.named.name.as_str()));
    let all = all.chain(units.old_wards.iter().map(|o| o.named.name.as_str()));
    let all = all.chain(offices.iter().map(|o| o.name.as_str()));
    let all = all.chain(aliases.iter().map(|a| a.text.as_str()));
    let words = WordTable::of(all);
    let mut out = Writer::default();
    out.varint(as_of(offices));
    words.write(&mut out);
    write_provinces(units, &words, &mut out);
    write_districts(units, &words, &mut out);
    write_wards(units, &words, &mut out);
    write_old_wards(units, &words, &mut out);
    write_offices(units, offices, &words, &mut out);
    out.count(aliases.len());
    for alias in aliases {
        out.varint(u32::from(alias.entry));
    }
    words.names(&mut out, aliases.iter().map(|a| a.text.as_str()));
    let mut file = Vec::with_capacity(out.0.len() + 16);
    file.extend_from_slice(&MAGIC);
    file.extend_from_slice(&[VERSION, 0, 0, 0]);
    file.extend_from_slice(&u32::try_from(out.0.len()).unwrap_or(u32::MAX).to_le_bytes());
    file.extend_from_slice(&checksum(&out.0).to_le_bytes());
    file.extend_from_slice(&out.0);
    file
}

/// The date of the newest source that gives a whole date, as `YYYYMMDD`.
fn as_of(offices: &[OfficeRow]) -> u32 {
    let dates = offices.iter().filter_map(|o| o.texts.get(8)).filter(|d| d.len() == 10);
    dates.filter_map(|d| d.replace('-', "").parse().ok()).max().unwrap_or(0)
}

fn write_provinces<'t>(units: &'t Units, words: &WordTable<'t>, out: &mut Writer) {
    out.count(units.provinces.len());
    for p in &units.provinces {
        out.u8(p.code);
        out.u8(p.named.kind as u8);
        out.delta(&mut 0, p.lat);
        out.delta(&mut 0, p.lon);
    }
    words.names(out, units.provinces.iter().map(|p| p.named.name.as_str()));
    out.count(units.old_provinces.len());
    for p in &units.old_provinces {
        out.u8(p.code);
        out.u8(p.named.kind as u8);
        out.varint(u32::from(p.now));
    }
    words.names(out, units.old_provinces.iter().map(|p| p.named.name.as_str()));
}

fn write_districts<'t>(units: &'t Units, words: &WordTable<'t>, out: &mut Writer) {
    out.count(units.districts.len());
    let mut code = 0;
    for d in &units.districts {
        out.delta(&mut code, i32::from(d.code));
        out.u8(d.named.kind as u8);
        out.varint(u32::from(d.province));
    }
    words.names(out, units.districts.iter().map(|d| d.named.name.as_str()));
}

fn write_wards<'t>(units: &'t Units, words: &WordTable<'t>, out: &mut Writer) {
    out.count(units.wards.len());
    let (mut code, mut lat, mut lon) = (0, 0, 0);
    for w in &units.wards {
        out.delta(&mut code, i32::from(w.code));
    }
    for w in &units.wards {
        out.u8(w.named.kind as u8);
    }
    for w in &units.wards {
        out.varint(u32::from(w.province));
    }
    for w in &units.wards {
        out.delta(&mut lat, w.lat);
    }
    for w in &units.wards {
        out.delta(&mut lon, w.lon);
    }
    words.names(out, units.wards.iter().map(|w| w.named.name.as_str()));
    for d in &units.districts {
        out.varint(u32::from(d.became));
    }
}

fn write_old_wards<'t>(units: &'t Units, words: &WordTable<'t>, out: &mut Writer) {
    out.count(units.old_wards.len());
    let (mut code, mut district, mut ward) = (0, 0, 0);
    for o in &units.old_wards {
        out.delta(&mut code, i32::from(o.code));
    }
    for o in &units.old_wards {
        out.u8(o.named.kind as u8);
    }
    for o in &units.old_wards {
        out.delta(&mut district, i32::from(o.district));
    }
    for o in &units.old_wards {
        for (i, became) in o.became.iter().enumerate() {
            let last = u32::from(i + 1 == o.became.len());
            let step = Writer::zigzag(i32::from(*became) - ward);
            ward = i32::from(*became);
            out.varint(step << 1 | last);
        }
    }
    words.names(out, units.old_wards.iter().map(|o| o.named.name.as_str()));
}

fn write_offices<'t>(
    units: &Units,
    offices: &'t [OfficeRow],
    words: &WordTable<'t>,
    out: &mut Writer,
) {
    let mut texts: Vec<&str> = Vec::new();
    let mut number: HashMap<&str, usize> = HashMap::from([("", 0)]);
    for text in offices.iter().flat_map(|o| o.texts.iter()) {
        if !number.contains_key(text.as_str()) {
            texts.push(text);
            number.insert(text, texts.len());
        }
    }
    out.count(texts.len());
    for text in &texts {
        out.text(text);
    }
    let by_id: HashMap<&str, u16> =
        offices.iter().enumerate().map(|(i, o)| (o.id.as_str(), index(i))).collect();
    out.count(offices.len());
    for office in offices {
        out.text(&office.id);
        let names = u8::from(office.old_names) << 6;
        let point = u8::from(office.point.is_some()) << 7;
        out.u8(office.level | office.status << 2 | office.confidence << 4 | names | point);
        out.varint(u32::from(office.province));
        out.u8(generic_words(&office.name));
        for text in &office.texts {
            out.count(number.get(text.as_str()).copied().unwrap_or(0));
        }
        if let Some((lat, lon)) = office.point {
            out.delta(&mut 0, lat);
            out.delta(&mut 0, lon);
        }
        out.count(office.successors.len());
        for id in &office.successors {
            out.varint(u32::from(by_id.get(id.as_str()).copied().unwrap_or(0)));
        }
        out.count(office.former_districts.len());
        for district in &office.former_districts {
            out.varint(u32::from(*district));
        }
    }
    words.names(out, offices.iter().map(|o| o.name.as_str()));
    let mut serving = vec![0u32; units.wards.len()];
    let mut former = vec![0u32; units.wards.len()];
    for (i, office) in (1u32..).zip(offices) {
        for (wards, column) in [(&office.wards, &mut serving), (&office.former_wards, &mut former)]
        {
            for ward in wards {
                if let Some(slot) = column.get_mut(usize::from(*ward)) {
                    *slot = i;
                }
            }
        }
    }
    for n in serving.into_iter().chain(former) {
        out.varint(n);
    }
}

/// How many words at the beginning of an office's name say only what kind of office it is.
fn generic_words(name: &str) -> u8 {
    const HEADS: [&str; 8] = [
        "Bảo hiểm xã hội cơ sở ",
        "Bảo hiểm xã hội thành phố ",
        "Bảo hiểm xã hội Thành phố ",
        "Bảo hiểm xã hội thị xã ",
        "Bảo hiểm xã hội tỉnh ",
        "Bảo hiểm xã hội huyện ",
        "Quầy Bảo hiểm xã hội tỉnh ",
        "Bảo hiểm xã hội ",
    ];
    const PLACES: [&str; 2] = [" công phường ", " công xã "];
    let head = HEADS.iter().find(|h| name.starts_with(**h)).map_or(0, |h| h.len());
    let place = PLACES.iter().filter_map(|p| name.find(p).map(|i| i + p.len())).max();
    let end = place.unwrap_or(head);
    let count = name.get(..end).unwrap_or("").split_whitespace().count();
    u8::try_from(count).unwrap_or(0)
}
