//! Makes a browser's module smaller than the compiler and wasm-opt leave it: `docs/size-log.md` has
//! the figures. What goes is what nobody would ever read or call:
//!
//! - what a panic says, and where. In a browser its message is written nowhere; before and after, a
//!   panic is a trap. Hence its functions do nothing but that, and what a value looks like to a
//!   developer (`Debug`) is empty;
//! - the classes that a dependency offers to scripts, and no script uses;
//! - the long names by which module and glue know each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::process;
use crate::wasm::{Linked, Module, Segment, section};

/// Functions that never return, by the start of their names.
const PANICS: &[&str] = &[
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "core::cell::lazy::panic_poisoned",
    "core::cell::panic_already",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::panicking::",
    "core::result::unwrap_failed",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "std::panicking::begin_panic",
    "std::panicking::panic_handler",
    "std::panicking::panic_with_hook",
    "std::sync::lazy_lock::panic_poisoned",
    "std::sys::backtrace::__rust_end_short_backtrace",
    "std::thread::local::panic_access_error",
];
const DEBUG: &str = " as core::fmt::Debug>::fmt";

/// No locals; `unreachable`.
const TRAP: &[u8] = &[0, 0x00, 0x0b];
/// No locals; `i32.const 0`, which is `Ok(())`.
const FINE: &[u8] = &[0, 0x41, 0, 0x0b];

/// Shrinks `name.js` and `name_bg.wasm`, which wasm-bindgen left in `directory`, in place. Of the
/// classes in the glue only those `used` stay.
pub(crate) fn shrink(directory: &Path, name: &str, used: &[&str]) -> Result<()> {
    let wasm = directory.join(format!("{name}_bg.wasm"));
    let script = directory.join(format!("{name}.js"));
    let mut glue = read(&script).and_then(|bytes| Ok(String::from_utf8(bytes)?))?;
    glue = without_classes(&glue, used);
    let mut module = Module::parse(&read(&wasm)?)?;
    silence(&mut module)?;
    forget_places(&mut module)?;
    without_dead_exports(&mut module, &glue)?;
    fs::write(&wasm, module.bytes())?;

    again(&wasm)?;

    let mut module = Module::parse(&read(&wasm)?)?;
    module.keep_custom(|_| false)?;
    glue = without_dead_imports(&module, &glue)?;
    glue = with_short_names(&mut module, &glue)?;
    fs::write(&wasm, module.bytes())?;
    fs::write(&script, glue).with_context(|| paths::shown(&script))
}

/// Has wasm-opt look at a module until it finds nothing more.
pub(crate) fn again(wasm: &Path) -> Result<()> {
    let mut command = Command::new(paths::npm_bin("wasm-opt"));
    // Only features that the module itself names: with all of them on, wasm-opt writes encodings
    // that no browser reads yet. Rust's stack begins at address 0, and its last KB is never used.
    command.args(["-Oz", "--converge", "--low-memory-unused"]).arg(wasm).arg("-o").arg(wasm);
    process::run(command.current_dir(paths::root()), "shrinking the module")
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| paths::shown(file))
}

/// Panics only trap, and `Debug` writes nothing.
fn silence(module: &mut Module) -> Result<()> {
    let names = module.function_names()?;
    let replaced = module.replace_bodies(|index| {
        let name = plain(names.get(&index)?);
        if PANICS.iter().any(|panic| name.starts_with(panic)) {
            Some(TRAP)
        } else if name.starts_with('<') && name.ends_with(DEBUG) {
            Some(FINE)
        } else {
            None
        }
    })?;
    if replaced < PANICS.len() {
        bail!("only {replaced} functions are known by name: has the compiler other names now?");
    }
    Ok(())
}

/// A function's name without what differs from build to build: `core[1a2b]::x` and `core::x::h1a2b`
/// are `core::x`; a copy's number goes too.
fn plain(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((inside, behind)) = after.split_once(']') else { break };
        out.push_str(before);
        if inside.is_empty() || !inside.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            out.extend(["[", inside, "]"]);
        }
        rest = behind;
    }
    out.push_str(rest);
    let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|it| it.is_ascii_hexdigit());
    let is_copy = |copy: &str| !copy.is_empty() && copy.bytes().all(|it| it.is_ascii_digit());
    if let Some((start, copy)) = out.rsplit_once('.')
        && is_copy(copy)
    {
        out.truncate(start.len());
    }
    if let Some((start, hash)) = out.rsplit_once("::h")
        && is_hash(hash)
    {
        out.truncate(start.len());
    }
    out
}

/// Blanks the places that panics would name: a file's name and its length, line and column.
pub(crate) fn forget_places(module: &mut Module) -> Result<()> {
    let segments = module.segments()?;
    let Some(data) = module.content_mut(section::DATA) else { return Ok(()) };
    let word = |data: &[u8], at: usize| -> usize {
        data.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_le_bytes)
            as usize
    };
    let mut blank = Vec::new();
    for Segment { address, offset, size } in &segments {
        let aligned = address.next_multiple_of(4) - address;
        for at in (aligned..size.saturating_sub(15)).step_by(4).map(|at| offset + at) {
            let (name, length) = (word(data, at), word(data, at + 4));
            let (line, column) = (word(data, at + 8), word(data, at + 12));
            if !(4..400).contains(&length)
                || !(1..100_000).contains(&line)
                || !(1..2_000).contains(&column)
            {
                continue;
            }
            let holder =
                segments.iter().find(|it| (it.address..it.address + it.size).contains(&name));
            let Some(holder) = holder else { continue };
            let start = holder.offset + name - holder.address;
            let is_file = |text: &[u8]| {
                text.ends_with(b".rs")
                    && text.iter().all(|it| it.is_ascii_alphanumeric() || b"/._-".contains(it))
            };
            if data.get(start..start + length).is_some_and(is_file) {
                blank.extend([(at, 16), (start, length)]);
            }
        }
    }
    for (start, length) in blank {
        data[start..start + length].fill(0);
    }
    Ok(())
}

/// The glue without the classes it exports, but for those used, and without its second way to start.
fn without_classes(glue: &str, used: &[&str]) -> String {
    let classes: Vec<&str> = glue
        .lines()
        .filter_map(|line| line.strip_prefix("export class ")?.split(' ').next())
        .filter(|class| !used.contains(class))
        .collect();
    let mut out = String::new();
    // What ends the piece that is left out.
    let mut until = None;
    for line in glue.lines() {
        if let Some(end) = until {
            if line == end || end == ";" && line.ends_with(end) {
                until = None;
            }
            continue;
        }
        let is_of = |start: &str, end: &str| {
            let name = line.strip_prefix(start).and_then(|rest| rest.split([' ', '.']).next());
            name.and_then(|name| name.strip_suffix(end)).is_some_and(|name| classes.contains(&name))
        };
        if is_of("export class ", "") {
            until = Some("}");
        } else if is_of("const ", "Finalization") {
            until = Some(";");
        } else if !is_of("if (Symbol.dispose) ", "") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.replace("export { initSync, ", "export { ")
}

/// Drops the exports that the glue does not name, and with them, in wasm-opt, what only they use.
fn without_dead_exports(module: &mut Module, glue: &str) -> Result<()> {
    let known: BTreeSet<&str> = names_in(glue).collect();
    let mut exports = module.exports()?;
    // The memory is named as a member; `main` and the like are called by the start function.
    exports.retain(|export| known.contains(export.name.as_str()));
    module.set_exports(&exports)
}

/// The glue without the functions that the module no longer imports.
fn without_dead_imports(module: &Module, glue: &str) -> Result<String> {
    let imports = module.imports()?;
    let used: BTreeSet<&str> = imports.iter().map(|import| import.name.as_str()).collect();
    let mut out = String::new();
    let mut is_dead = false;
    for line in glue.lines() {
        let entry = line
            .strip_prefix("        __wb")
            .and_then(|_| line.trim_start().split_once(": function"));
        if let Some((name, _)) = entry {
            is_dead = !used.contains(name);
        }
        if !is_dead {
            out.push_str(line);
            out.push('\n');
        }
        if line == "        }," {
            is_dead = false;
        }
    }
    Ok(out)
}

/// Gives imports and exports names of two or three letters, in module and glue alike.
fn with_short_names(module: &mut Module, glue: &str) -> Result<String> {
    let (mut imports, mut exports) = (module.imports()?, module.exports()?);
    let mut from = BTreeSet::new();
    let mut long = BTreeSet::new();
    for import in &mut imports {
        from.insert(std::mem::replace(&mut import.from, "$".to_owned()));
        long.insert(import.name.clone());
    }
    let worth = |export: &&Linked| export.name.contains("__");
    long.extend(exports.iter().filter(worth).map(|export| export.name.clone()));
    if names_in(glue).any(|name| name.len() > 1 && name.starts_with('$')) || from.len() != 1 {
        bail!("the glue is not what wasm-bindgen used to make");
    }
    let short = |name: &str| Some(format!("${:x}", long.iter().position(|it| it == name)?));
    for linked in imports.iter_mut().chain(&mut exports) {
        if let Some(name) = short(&linked.name) {
            linked.name = name;
        }
    }
    module.set_imports(&imports)?;
    module.set_exports(&exports)?;
    let mut out = String::new();
    let mut rest = glue;
    for name in names_in(glue) {
        let Some((before, after)) = rest.split_once(name) else { bail!("`{name}` is gone") };
        out.push_str(before);
        out.push_str(short(name).as_deref().unwrap_or(name));
        rest = after;
    }
    out.push_str(rest);
    for from in from {
        out = out.replace(&format!("\"{from}\""), "\"$\"");
    }
    Ok(out)
}

/// The words of a script that may be names, in their order.
fn names_in(script: &str) -> impl Iterator<Item = &str> {
    let part = |it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '$');
    script.split(part).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::tests::module;

    #[test]
    fn a_name_is_known_without_the_build_it_comes_from() {
        for name in [
            "core[c5930c85a12de822]::option::unwrap_failed",
            "core::option::unwrap_failed::h44165c3e9dea961d",
        ] {
            assert_eq!(plain(name), "core::option::unwrap_failed");
        }
        assert_eq!(
            plain("<[u8] as core[1a]::fmt::Debug>::fmt.34"),
            "<[u8] as core::fmt::Debug>::fmt"
        );
        assert_eq!(
            plain("<&T as core::fmt::Debug>::fmt::he48395f0c1e8f519"),
            "<&T as core::fmt::Debug>::fmt"
        );
        assert_eq!(plain("app::pages::home"), "app::pages::home");
    }

    #[test]
    fn the_place_of_a_panic_is_blanked_and_nothing_else() {
        let mut memory = b"src/main.rs\0".to_vec();
        for word in [1_048_576_u32, 11, 7, 5, 1_048_576, 11] {
            memory.extend(word.to_le_bytes());
        }
        memory.extend(b"readme.rs");
        let data = [
            b"\x01\x00\x41\x80\x80\xc0\x00\x0b",
            &[u8::try_from(memory.len()).unwrap()][..],
            &memory,
        ]
        .concat();
        let mut parsed = Module::parse(&module(&[(11, &data)])).unwrap();
        forget_places(&mut parsed).unwrap();
        let after = parsed.content(section::DATA);
        let (place, rest) = after[after.len() - memory.len()..].split_at(28);
        assert!(place.iter().all(|byte| *byte == 0), "{place:?}");
        assert_eq!(rest, &memory[28..]);
    }

    const GLUE: &str = "\
export class Sink {
    free() {
        wasm.__wbg_sink_free(1);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
function imports() {
    const import0 = {
        __proto__: null,
        __wbg_now_1f: function() {
            return Date.now(wasm.__wbindgen_malloc);
        },
        __wbg_log_2e: function(arg0) {
            console.log(arg0);
        },
    };
    return { __proto__: null, \"./x_bg.js\": import0 };
}
const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sink_free(ptr, 1));
export { initSync, init as default };
";

    #[test]
    fn classes_that_no_page_uses_leave_the_glue() {
        let glue = without_classes(GLUE, &[]);
        assert!(!glue.contains("Sink"), "{glue}");
        assert!(glue.contains("__wbg_log_2e"), "{glue}");
        assert!(glue.ends_with("export { init as default };\n"), "{glue}");
    }

    #[test]
    fn module_and_glue_agree_on_short_names() {
        let imports = b"\x01\x09./x_bg.js\x0c__wbg_now_1f\x00\x00";
        let exports =
            b"\x03\x06memory\x02\x00\x11__wbindgen_malloc\x00\x01\x0f__wbg_sink_free\x00\x02";
        let mut parsed = Module::parse(&module(&[(2, imports), (7, exports)])).unwrap();
        let glue = without_classes(GLUE, &[]);
        without_dead_exports(&mut parsed, &[&glue, "wasm.memory"].concat()).unwrap();
        let glue = without_dead_imports(&parsed, &glue).unwrap();
        let glue = with_short_names(&mut parsed, &glue).unwrap();
        let names = |linked: Vec<Linked>| linked.into_iter().map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(names(parsed.imports().unwrap()), ["$0"]);
        assert_eq!(names(parsed.exports().unwrap()), ["memory", "$1"]);
        assert!(glue.contains("$0: function() {\n            return Date.now(wasm.$1);"), "{glue}");
        assert!(glue.contains("\"$\": import0"), "{glue}");
        assert!(!glue.contains("log"), "{glue}");
    }
}
