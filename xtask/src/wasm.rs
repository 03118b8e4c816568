//! WebAssembly modules, read and written by section: what no tool of ours changes in them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

/// `\0asm` and version 1.
const HEADER: [u8; 8] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/// Ids of sections.
pub(crate) mod section {
    pub(crate) const CUSTOM: u8 = 0;
    pub(crate) const IMPORT: u8 = 2;
    pub(crate) const EXPORT: u8 = 7;
    pub(crate) const CODE: u8 = 10;
    pub(crate) const DATA: u8 = 11;
}

/// A module's sections in their order: id and content.
pub(crate) struct Module(Vec<(u8, Vec<u8>)>);

/// An import or an export.
pub(crate) struct Linked {
    /// The module that an import comes from; empty for an export.
    pub(crate) from: String,
    pub(crate) name: String,
    /// Its kind and type, or its kind and index, as they stand in the module.
    pub(crate) what: Vec<u8>,
}

impl Linked {
    fn is_function(&self) -> bool {
        self.what.first() == Some(&0)
    }
}

/// A piece of the memory's first content.
pub(crate) struct Segment {
    /// Where it stands in memory.
    pub(crate) address: usize,
    /// Where its bytes stand in the data section.
    pub(crate) offset: usize,
    pub(crate) size: usize,
}

impl Module {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let Some(rest) = bytes.strip_prefix(&HEADER) else { bail!("not a WebAssembly module") };
        let mut reader = Reader(rest);
        let mut sections = Vec::new();
        while !reader.0.is_empty() {
            let id = reader.byte()?;
            sections.push((id, reader.sized()?.to_vec()));
        }
        Ok(Self(sections))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        for (id, content) in &self.0 {
            out.push(*id);
            put_sized(&mut out, content);
        }
        out
    }

    /// The content of the section with this id; nothing where the module has none.
    pub(crate) fn content(&self, id: u8) -> &[u8] {
        self.0.iter().find(|(found, _)| *found == id).map_or(&[], |(_, content)| content)
    }

    /// The same, to be changed.
    pub(crate) fn content_mut(&mut self, id: u8) -> Option<&mut Vec<u8>> {
        self.0.iter_mut().find(|(found, _)| *found == id).map(|(_, content)| content)
    }

    /// Drops the custom sections for whose name `keep` is false.
    pub(crate) fn keep_custom(&mut self, keep: impl Fn(&[u8]) -> bool) -> Result<()> {
        for (id, content) in &self.0 {
            if *id == section::CUSTOM {
                Reader(content).sized()?;
            }
        }
        self.0.retain(|(id, content)| {
            *id != section::CUSTOM || Reader(content).sized().is_ok_and(&keep)
        });
        Ok(())
    }

    /// The functions' names by their index, where the module has kept them.
    pub(crate) fn function_names(&self) -> Result<BTreeMap<u32, String>> {
        let mut names = BTreeMap::new();
        for (_, content) in self.0.iter().filter(|(id, _)| *id == section::CUSTOM) {
            let mut reader = Reader(content);
            if reader.sized()? != b"name" {
                continue;
            }
            while !reader.0.is_empty() {
                let kind = reader.byte()?;
                let mut entries = Reader(reader.sized()?);
                // 1 is that of functions.
                for _ in 0..if kind == 1 { entries.number()? } else { 0 } {
                    let index = entries.number()?;
                    names.insert(index, entries.text()?);
                }
            }
        }
        Ok(names)
    }

    pub(crate) fn imports(&self) -> Result<Vec<Linked>> {
        let mut reader = Reader(self.content(section::IMPORT));
        reader.many(|reader| {
            let (from, name) = (reader.text()?, reader.text()?);
            let start = reader.0;
            match reader.byte()? {
                0 => _ = reader.number()?,
                1 => {
                    reader.byte()?;
                    reader.limits()?;
                }
                2 => reader.limits()?,
                3 => _ = (reader.byte()?, reader.byte()?),
                kind => bail!("an import of kind {kind}"),
            }
            let what = start[..start.len() - reader.0.len()].to_vec();
            Ok(Linked { from, name, what })
        })
    }

    pub(crate) fn exports(&self) -> Result<Vec<Linked>> {
        Reader(self.content(section::EXPORT)).many(|reader| {
            let name = reader.text()?;
            let start = reader.0;
            reader.byte()?;
            reader.number()?;
            let what = start[..start.len() - reader.0.len()].to_vec();
            Ok(Linked { from: String::new(), name, what })
        })
    }

    pub(crate) fn set_imports(&mut self, imports: &[Linked]) -> Result<()> {
        self.set_linked(section::IMPORT, imports, true)
    }

    pub(crate) fn set_exports(&mut self, exports: &[Linked]) -> Result<()> {
        self.set_linked(section::EXPORT, exports, false)
    }

    fn set_linked(&mut self, id: u8, linked: &[Linked], with_from: bool) -> Result<()> {
        let mut out = Vec::new();
        put_number(&mut out, linked.len());
        for Linked { from, name, what } in linked {
            if with_from {
                put_sized(&mut out, from.as_bytes());
            }
            put_sized(&mut out, name.as_bytes());
            out.extend_from_slice(what);
        }
        *self.content_mut(id).with_context(|| format!("no section {id}"))? = out;
        Ok(())
    }

    /// Puts `body` in the place of each function's for which it answers; the count of them.
    pub(crate) fn replace_bodies(
        &mut self,
        body: impl Fn(u32) -> Option<&'static [u8]>,
    ) -> Result<usize> {
        let imported = self.imports()?.iter().filter(|import| import.is_function()).count();
        let mut reader = Reader(self.content(section::CODE));
        let count = reader.number()?;
        let mut out = Vec::new();
        put_number(&mut out, count as usize);
        let mut replaced = 0;
        for index in 0..count {
            let old = reader.sized()?;
            let new = body(index + u32::try_from(imported)?);
            replaced += usize::from(new.is_some());
            put_sized(&mut out, new.unwrap_or(old));
        }
        *self.content_mut(section::CODE).context("no code")? = out;
        Ok(replaced)
    }

    /// The active segments of memory 0 at constant addresses, which is all that Rust makes.
    pub(crate) fn segments(&self) -> Result<Vec<Segment>> {
        let data = self.content(section::DATA);
        Reader(data).many(|reader| {
            let (0, 0x41) = (reader.number()?, reader.byte()?) else {
                bail!("a segment elsewhere")
            };
            let address = usize::try_from(reader.signed()?)?;
            if reader.byte()? != 0x0b {
                bail!("a segment at no constant");
            }
            let content = reader.sized()?;
            let offset = data.len() - reader.0.len() - content.len();
            Ok(Segment { address, offset, size: content.len() })
        })
    }
}

/// Reads a section from its start.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.0.split_first().context("a section ends too early")?;
        self.0 = rest;
        Ok(*first)
    }

    /// An unsigned LEB128 number of at most 32 bits.
    fn number(&mut self) -> Result<u32> {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        bail!("a number does not end")
    }

    /// A signed one.
    fn signed(&mut self) -> Result<i64> {
        let (mut value, mut shift) = (0, 0);
        while shift < 35 {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Ok(if byte & 0x40 == 0 { value } else { value - (1 << shift) });
            }
        }
        bail!("a number does not end")
    }

    /// A number of bytes, and those.
    fn sized(&mut self) -> Result<&'a [u8]> {
        let size = self.number()? as usize;
        let (bytes, rest) = self.0.split_at_checked(size).context("a section ends too early")?;
        self.0 = rest;
        Ok(bytes)
    }

    fn text(&mut self) -> Result<String> {
        Ok(str::from_utf8(self.sized()?)?.to_owned())
    }

    fn limits(&mut self) -> Result<()> {
        if self.byte()? & 1 == 1 {
            self.number()?;
        }
        self.number().map(|_| ())
    }

    /// A number of things, and those; none where the section is not there.
    fn many<T>(&mut self, one: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let count = if self.0.is_empty() { 0 } else { self.number()? };
        (0..count).map(|_| one(self)).collect()
    }
}

fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or_default());
}

fn put_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A module of these sections.
    pub(crate) fn module(sections: &[(u8, &[u8])]) -> Vec<u8> {
        Module(sections.iter().map(|(id, content)| (*id, content.to_vec())).collect()).bytes()
    }

    #[test]
    fn a_module_is_written_as_it_was_read() {
        let bytes = module(&[(1, &[1, 0x60, 0, 0]), (0, b"\x01pq"), (10, &[0; 300])]);
        assert_eq!(Module::parse(&bytes).unwrap().bytes(), bytes);
    }

    #[test]
    fn only_the_custom_sections_that_are_not_wanted_go() {
        let (names, makers, code) =
            ((0, &b"\x04name\x01\x02"[..]), (0, &b"\x01pq"[..]), (10, &[0][..]));
        let mut parsed = Module::parse(&module(&[makers, names, code])).unwrap();
        parsed.keep_custom(|name| name != b"name").unwrap();
        assert_eq!(parsed.bytes(), module(&[makers, code]));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        for bytes in [&b"<html>"[..], &[&HEADER[..], &[10, 9, 1]].concat()] {
            assert!(Module::parse(bytes).is_err());
        }
        let mut cut = Module::parse(&module(&[(0, &[9, b'n'])])).unwrap();
        assert!(cut.keep_custom(|_| true).is_err());
        assert!(
            Module::parse(&module(&[(2, &[1, 1, b'a', 1, b'b', 9])])).unwrap().imports().is_err()
        );
    }

    #[test]
    fn functions_are_counted_after_those_that_are_imported() {
        // Imports: a function, a memory of at least one page, a function.
        let imports = b"\x03\x01m\x01f\x00\x00\x01m\x01n\x02\x00\x01\x01m\x01g\x00\x01";
        let code = b"\x02\x03\x00\x01\x0b\x02\x00\x0b";
        let mut parsed = Module::parse(&module(&[(2, imports), (10, code)])).unwrap();
        assert_eq!(parsed.imports().unwrap().len(), 3);
        let replaced =
            parsed.replace_bodies(|index| (index == 3).then_some(&[0, 0, 0x0b])).unwrap();
        assert_eq!(replaced, 1);
        assert_eq!(parsed.content(section::CODE), b"\x02\x03\x00\x01\x0b\x03\x00\x00\x0b");
    }

    #[test]
    fn a_segment_is_found_at_its_address() {
        // i32.const 1048576; two bytes.
        let data = b"\x01\x00\x41\x80\x80\xc0\x00\x0b\x02hi";
        let parsed = Module::parse(&module(&[(11, data)])).unwrap();
        let segments = parsed.segments().unwrap();
        assert_eq!((segments[0].address, segments[0].size), (1 << 20, 2));
        assert_eq!(&parsed.content(section::DATA)[segments[0].offset..], b"hi");
    }
}
