//! What no tool of ours takes out of a WebAssembly module.

use anyhow::{Result, bail};

/// `\0asm` and version 1.
const HEADER: [u8; 8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/// The id of a custom section.
const CUSTOM: u8 = 0;

/// The module without its custom section `name`, which only a stack trace would read.
pub(crate) fn without_names(module: &[u8]) -> Result<Vec<u8>> {
    let Some(mut rest) = module.strip_prefix(&HEADER) else { bail!("not a WebAssembly module") };
    let mut out = HEADER.to_vec();
    while let Some((id, after_id)) = rest.split_first() {
        let (size, body) = number(after_id)?;
        if size > body.len() {
            bail!("a section ends after the module");
        }
        let (body, next) = body.split_at(size);
        if *id != CUSTOM || custom_name(body)? != b"name" {
            out.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Ok(out)
}

fn custom_name(body: &[u8]) -> Result<&[u8]> {
    let (size, body) = number(body)?;
    match body.get(..size) {
        Some(name) => Ok(name),
        None => bail!("a section's name ends after it"),
    }
}

/// An unsigned LEB128 number of at most 32 bits, and what follows it.
fn number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((value, &bytes[index + 1..]));
        }
    }
    bail!("a number does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(sections: &[&[u8]]) -> Vec<u8> {
        [HEADER.as_slice(), &sections.concat()].concat()
    }

    #[test]
    fn only_the_name_section_goes() {
        let names = [0, 7, 4, b'n', b'a', b'm', b'e', 1, 2];
        let producers = [0, 3, 1, b'p', 9];
        let code = [10, 0x82, 0x00, 1, 2];
        let whole = module(&[&producers, &names, &code]);
        assert_eq!(without_names(&whole).unwrap(), module(&[&producers, &code]));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        for bytes in [&b"<html>"[..], &module(&[&[10, 9, 1]]), &module(&[&[0, 2, 9, b'n']])] {
            assert!(without_names(bytes).is_err());
        }
    }
}
