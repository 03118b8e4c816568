//! The one QR code this site needs: up to 38 characters of digits, capital letters and
//! ` $%*+-./:`, drawn on the device because they hold a person's number.
//!
//! Version 2 (25 modules a side), error correction M, alphanumeric mode, mask 0
//! (ISO/IEC 18004:2015). One version and one mask keep it small; a reader accepts any mask. The
//! tests hold it against a general encoder.

/// Modules along one side.
const SIDE: usize = 25;
/// Bytes of data, and of error correction, in the only block of version 2-M.
const DATA: usize = 28;
const CORRECTION: usize = 16;
/// The longest text that fits, in characters.
const LONGEST: usize = 38;
/// Format information for level M and mask 0, its own error correction included.
const FORMAT: u16 = 0b101_0100_0001_0010;
/// The alphanumeric mode's characters by their values.
const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// A code: `true` is a dark module, row by row, without the quiet zone.
pub type Modules = [[bool; SIDE]; SIDE];

/// The code for `text`, or `None` where it is too long or has a character the mode lacks.
pub fn encode(text: &str) -> Option<Modules> {
    let words = codewords(text)?;
    let mut modules = [[false; SIDE]; SIDE];
    for (y, row) in modules.iter_mut().enumerate() {
        for (x, module) in row.iter_mut().enumerate() {
            *module = fixed(x, y).unwrap_or(false);
        }
    }
    draw_format(&mut modules);
    draw_data(&mut modules, &words);
    Some(modules)
}

/// The code as an SVG path of unit squares, with the quiet zone of 4 modules left to the view box
/// `-4 -4 33 33`.
pub fn path(modules: &Modules) -> String {
    let mut path = String::new();
    for (y, row) in modules.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            path.extend(["M", &x.to_string(), " ", &y.to_string(), "h1v1h-1z"]);
        }
    }
    path
}

/// The text as data and error-correction bytes.
fn codewords(text: &str) -> Option<[u8; DATA + CORRECTION]> {
    if text.len() > LONGEST {
        return None;
    }
    let mut values = [0_u16; LONGEST];
    for (value, byte) in values.iter_mut().zip(text.bytes()) {
        *value = u16::try_from(ALPHABET.iter().position(|known| *known == byte)?).ok()?;
    }
    let mut bits = Bits { words: [0; DATA + CORRECTION], length: 0 };
    bits.push(0b0010, 4);
    bits.push(u16::try_from(text.len()).ok()?, 9);
    for pair in values[..text.len()].chunks(2) {
        match *pair {
            [one, two] => bits.push(one * 45 + two, 11),
            [one] => bits.push(one, 6),
            _ => {}
        }
    }
    // The end mark and the rest of its byte are zeros already.
    bits.length = (bits.length + 4).min(DATA * 8).next_multiple_of(8);
    for filler in [0xEC, 0x11].into_iter().cycle() {
        if bits.length >= DATA * 8 {
            break;
        }
        bits.push(filler, 8);
    }
    let (data, correction) = bits.words.split_at_mut(DATA);
    correction.copy_from_slice(&remainder(data));
    Some(bits.words)
}

/// A row of bits that is filled from the front.
struct Bits {
    words: [u8; DATA + CORRECTION],
    length: usize,
}

impl Bits {
    /// Appends the lowest `count` bits of `value`, the highest of them first.
    fn push(&mut self, value: u16, count: u32) {
        for at in (0..count).rev() {
            if (value >> at) & 1 == 1 {
                self.words[self.length / 8] |= 0x80 >> (self.length % 8);
            }
            self.length += 1;
        }
    }
}

/// The Reed-Solomon remainder of the data over GF(256) with the polynomial 0x11D.
fn remainder(data: &[u8]) -> [u8; CORRECTION] {
    let mut divisor = [0_u8; CORRECTION];
    divisor[CORRECTION - 1] = 1;
    let mut root = 1;
    for _ in 0..CORRECTION {
        for at in 0..CORRECTION {
            divisor[at] = multiply(divisor[at], root);
            if let Some(next) = divisor.get(at + 1).copied() {
                divisor[at] ^= next;
            }
        }
        root = multiply(root, 2);
    }
    let mut rest = [0_u8; CORRECTION];
    for byte in data {
        let factor = byte ^ rest[0];
        rest.rotate_left(1);
        rest[CORRECTION - 1] = 0;
        for (rest, divisor) in rest.iter_mut().zip(divisor) {
            *rest ^= multiply(divisor, factor);
        }
    }
    rest
}

/// The product of two elements of the field.
fn multiply(one: u8, two: u8) -> u8 {
    let mut product = 0_u8;
    for at in (0..8).rev() {
        let overflow = product >> 7;
        product = (product << 1) ^ (overflow * 0x1D);
        product ^= ((two >> at) & 1) * one;
    }
    product
}

/// The colour of a module that no data goes to; `None` for one that data goes to. Format modules
/// count as light here, except the one that is always dark.
fn fixed(x: usize, y: usize) -> Option<bool> {
    // Finders with their separators, in three corners; format information beside them.
    for (left, top) in [(0, 0), (SIDE - 7, 0), (0, SIDE - 7)] {
        let (dx, dy) = ((x + 1).wrapping_sub(left), (y + 1).wrapping_sub(top));
        if dx < 9 && dy < 9 {
            let ring = dx.abs_diff(4).max(dy.abs_diff(4));
            return Some(ring != 2 && ring != 4);
        }
    }
    if x == 6 || y == 6 {
        return Some((x + y).is_multiple_of(2));
    }
    // The one alignment pattern of version 2.
    let ring = x.abs_diff(18).max(y.abs_diff(18));
    if ring <= 2 {
        return Some(ring != 1);
    }
    if x == 8 && y == SIDE - 8 {
        return Some(true);
    }
    let beside = |at: usize| !(9..SIDE - 8).contains(&at);
    ((x == 8 && beside(y)) || (y == 8 && beside(x))).then_some(false)
}

/// Both copies of the format information.
fn draw_format(modules: &mut Modules) {
    for at in 0..15 {
        let dark = (FORMAT >> at) & 1 == 1;
        let (x, y) = match at {
            0..6 => (8, at),
            6 => (8, 7),
            7 => (8, 8),
            8 => (7, 8),
            _ => (14 - at, 8),
        };
        modules[y][x] = dark;
        let (x, y) = if at < 8 { (SIDE - 1 - at, 8) } else { (8, SIDE - 15 + at) };
        modules[y][x] = dark;
    }
}

/// Lays the bytes in a zigzag of columns two wide, from the lower right, and masks them. The
/// seven modules left over at the end are masked zeros.
fn draw_data(modules: &mut Modules, words: &[u8]) {
    let mut at = 0;
    for column in (0..SIDE / 2).rev() {
        // Column 6 is the timing pattern: those to its left stand one further left.
        let right = if column < 3 { column * 2 + 1 } else { column * 2 + 2 };
        let upward = column % 2 == 1;
        for step in 0..SIDE {
            let y = if upward { SIDE - 1 - step } else { step };
            for x in [right, right - 1] {
                if fixed(x, y).is_some() {
                    continue;
                }
                let word = words.get(at / 8).copied().unwrap_or(0);
                let dark = (word >> (7 - at % 8)) & 1 == 1;
                modules[y][x] = dark != (x + y).is_multiple_of(2);
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

    use super::*;

    /// What the general encoder makes of the text at the same version, level and mask.
    fn reference(text: &str) -> Modules {
        let version = Version::new(2);
        let code = QrCode::encode_segments_advanced(
            &[QrSegment::make_alphanumeric(text)],
            QrCodeEcc::Medium,
            version,
            version,
            Some(Mask::new(0)),
            false,
        );
        let code = code.unwrap_or_else(|_| panic!("{text}"));
        let mut modules = [[false; SIDE]; SIDE];
        for (y, row) in (0..).zip(&mut modules) {
            for (x, module) in (0..).zip(row) {
                *module = code.get_module(x, y);
            }
        }
        modules
    }

    #[test]
    fn every_module_is_the_one_a_general_encoder_draws() {
        for text in ["", "A", "SMSTO:8079:BH MK 0123456789", "SMSTO:8079:BH MK 9000000001"] {
            assert_eq!(encode(text), Some(reference(text)), "{text}");
        }
        let whole = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        for length in 0..=LONGEST {
            let text = &whole[whole.len() - length..];
            assert_eq!(encode(text), Some(reference(text)), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_no_code() {
        assert_eq!(encode(&"0".repeat(LONGEST + 1)), None);
        assert_eq!(encode("bh mk"), None);
        assert_eq!(encode("MÃ"), None);
    }

    #[test]
    fn each_dark_module_is_one_square_of_the_path() {
        let modules = encode("BH MK").unwrap();
        let dark = modules.as_flattened().iter().filter(|dark| **dark).count();
        assert_eq!(path(&modules).matches("h1v1h-1z").count(), dark);
        assert!(path(&modules).starts_with("M0 0h1v1h-1z"));
    }
}
