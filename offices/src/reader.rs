//! Reading the compact format: every access is bounds-checked, so that any byte slice gives a
//! directory or an error, never a panic.

/// Why a byte slice is no directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// Shorter than its header, or than the length its header names.
    Truncated,
    /// The first four bytes are not `CKOF`.
    NotADirectory,
    /// Written by another version of the builder; the number is the file's.
    Version(u8),
    /// The checksum does not fit: damaged on the way.
    Damaged,
    /// A section breaks a rule of the format; the name is the section's.
    Malformed(&'static str),
}

impl std::fmt::Display for FormatError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the directory data is incomplete",
            Self::NotADirectory => "this is no directory data",
            Self::Version(_) => "the directory data has another version",
            Self::Damaged => "the directory data is damaged",
            Self::Malformed(section) => section,
        })
    }
}

impl std::error::Error for FormatError {}

/// `CKOF`: Chìa Khoá, offices.
pub(crate) const MAGIC: [u8; 4] = *b"CKOF";
/// Raised with every change of the layout; a reader knows exactly one.
pub(crate) const VERSION: u8 = 1;
/// Magic, version, three zero bytes, length and checksum of what follows.
pub(crate) const HEADER: usize = 16;

/// FNV-1a over 32 bits: enough to notice damage, not meant against forgery.
pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193))
}

/// The name under which the site publishes these bytes: it changes with them, so that a copy can be
/// kept for good and the Worker reads the data it was built for or none.
pub fn file_name(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    format!("directory-{hash:016x}.bin")
}

/// Checks the header and gives what follows it.
pub(crate) fn payload(bytes: &[u8]) -> Result<&[u8], FormatError> {
    let mut header = Reader { bytes: bytes.get(..HEADER).ok_or(FormatError::Truncated)? };
    if header.take(4) != Some(&MAGIC) {
        return Err(FormatError::NotADirectory);
    }
    let version = header.u8().unwrap_or(0);
    if version != VERSION {
        return Err(FormatError::Version(version));
    }
    header.take(3).ok_or(FormatError::Truncated)?;
    let length = header.u32().ok_or(FormatError::Truncated)? as usize;
    let sum = header.u32().ok_or(FormatError::Truncated)?;
    let body = &bytes[HEADER..];
    if body.len() != length {
        return Err(FormatError::Truncated);
    }
    if checksum(body) != sum {
        return Err(FormatError::Damaged);
    }
    Ok(body)
}

/// A cursor; `None` means that the bytes ran out or a value is out of range.
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.bytes.split_at_checked(n)?;
        self.bytes = rest;
        Some(head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// LEB128 of at most 32 bits.
    pub(crate) fn varint(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.u8()?;
            let part = u32::from(byte & 0x7F);
            if shift == 28 && part > 0x0F {
                return None;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A signed difference, zigzag-coded, added to `previous`.
    pub(crate) fn delta(&mut self, previous: i32) -> Option<i32> {
        let z = self.varint()?;
        let difference = (z >> 1).cast_signed() ^ -(z & 1).cast_signed();
        previous.checked_add(difference)
    }

    /// A count, refused when even one byte per item would not fit the rest.
    pub(crate) fn count(&mut self) -> Option<usize> {
        let n = self.varint()? as usize;
        (n <= self.bytes.len()).then_some(n)
    }

    /// An index below `limit`.
    pub(crate) fn index(&mut self, limit: usize) -> Option<u16> {
        let i = self.varint()?;
        ((i as usize) < limit).then(|| u16::try_from(i).ok()).flatten()
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let n = self.count()?;
        std::str::from_utf8(self.take(n)?).ok()
    }
}
