//! Any bytes give a directory or an error.

use offices::{Directory, FormatError};

/// The checksum of the format, so that damage behind it is reached.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = bytes[16..]
        .iter()
        .fold(0x811C_9DC5u32, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193));
    let length = u32::try_from(bytes.len() - 16).unwrap_or(0);
    bytes[8..12].copy_from_slice(&length.to_le_bytes());
    bytes[12..16].copy_from_slice(&sum.to_le_bytes());
    bytes
}

struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % below
    }
}

#[test]
fn each_kind_of_damage_has_its_error() {
    let whole = offices::EMBEDDED.to_vec();
    let error = |bytes: &[u8]| Directory::parse(bytes).err();
    assert_eq!(error(&[]), Some(FormatError::Truncated));
    assert_eq!(error(&whole[..100]), Some(FormatError::Truncated));
    assert_eq!(error(b"<!doctype html><html>"), Some(FormatError::NotADirectory));
    let mut other = whole.clone();
    other[4] = 9;
    assert_eq!(error(&other), Some(FormatError::Version(9)));
    let mut flipped = whole.clone();
    flipped[5000] ^= 1;
    assert_eq!(error(&flipped), Some(FormatError::Damaged));
    let mut longer = whole;
    longer.push(0);
    assert_eq!(error(&longer), Some(FormatError::Truncated));
    assert_eq!(error(&sealed(longer)), Some(FormatError::Malformed("rest")));
}

#[test]
fn every_cut_of_the_file_is_refused() {
    let whole = offices::EMBEDDED;
    let mut numbers = Numbers(42);
    for _ in 0..300 {
        let cut = 16 + numbers.next(whole.len() - 16);
        assert!(Directory::parse(&sealed(whole[..cut].to_vec())).is_err(), "{cut}");
    }
}

#[test]
fn damage_behind_a_right_checksum_never_panics() {
    let whole = offices::EMBEDDED;
    let mut numbers = Numbers(7);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..600 {
        let mut bytes = whole.to_vec();
        for _ in 0..=numbers.next(4) {
            let at = 16 + numbers.next(bytes.len() - 16);
            bytes[at] = numbers.next(256).to_le_bytes()[0];
        }
        match Directory::parse(&sealed(bytes)) {
            Ok(d) => {
                read += 1;
                for query in ["phuong 1 quan 3", "bhxh tân", "đồng nia"] {
                    for hit in d.search(query, 10).hits {
                        let end = hit.highlights.last().map_or(0, |h| usize::from(h.end));
                        let shown = hit.alias.as_ref().unwrap_or(&hit.name);
                        assert!(end <= shown.chars().count());
                    }
                }
                let _ = d.nearest(10.0, 106.0, 3);
                let _ = d.coverage();
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 20 && refused > 20, "{read} read, {refused} refused");
}

#[test]
fn random_bytes_are_refused() {
    let mut numbers = Numbers(99);
    for _ in 0..2000 {
        let length = 16 + numbers.next(400);
        let mut bytes: Vec<u8> = (0..length).map(|_| numbers.next(256).to_le_bytes()[0]).collect();
        bytes[..8].copy_from_slice(b"CKOF\x01\0\0\0");
        assert!(Directory::parse(&sealed(bytes)).is_err());
    }
}
