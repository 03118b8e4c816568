//! `cargo xtask size`: what a visitor downloads, against its budget.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::paths;
use crate::stamp;
use crate::words::Words;

/// Bytes as sizes are given here: 1 KB is 1000 bytes.
const KB: usize = 1000;

/// How an artefact is measured against its budget.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// As a browser gets it.
    Brotli,
    /// As Cloudflare counts a Worker.
    Gzip,
}

struct Budget {
    what: &'static str,
    measure: Measure,
    kilobytes: usize,
    /// Whether the files count together or each by itself.
    together: bool,
    /// Whether the artefact must exist already.
    required: bool,
    fits: fn(&str) -> bool,
}

/// The budgets of the product, by path below the root.
const BUDGETS: &[Budget] = &[
    Budget {
        what: "WebAssembly of the site",
        measure: Measure::Brotli,
        kilobytes: 128,
        together: true,
        required: true,
        fits: |path| is_site_file(path, "wasm") && !is_finder(path),
    },
    Budget {
        // Fetched on the directory's pages only, once they are painted.
        what: "the directory's module",
        measure: Measure::Brotli,
        kilobytes: 65,
        together: true,
        required: true,
        fits: |path| is_finder(path) && is_code(path),
    },
    Budget {
        what: "its glue",
        measure: Measure::Brotli,
        kilobytes: 4,
        together: true,
        required: true,
        // Trunk's glue is hashed; scripts of workers are loaded later, when needed.
        fits: is_glue,
    },
    Budget {
        what: "styles",
        measure: Measure::Brotli,
        kilobytes: 4,
        together: true,
        required: true,
        fits: |path| is_site_file(path, "css"),
    },
    Budget {
        what: "each page's HTML",
        measure: Measure::Brotli,
        kilobytes: 5,
        together: false,
        required: true,
        fits: |path| is_site_file(path, "html"),
    },
    Budget {
        what: "directory data",
        measure: Measure::Brotli,
        kilobytes: 100,
        together: true,
        required: false,
        fits: |path| is_site_file(path, "bin"),
    },
    Budget {
        what: "the Worker",
        measure: Measure::Gzip,
        kilobytes: 600,
        together: true,
        required: true,
        fits: |path| path.starts_with("edge/build/") && is_code(path),
    },
    Budget {
        what: "the desk's Worker",
        measure: Measure::Gzip,
        kilobytes: 600,
        together: true,
        // Where the deployment has one.
        required: false,
        fits: |path| path.starts_with("edge/build-desk/") && is_code(path),
    },
];

fn has_ending(path: &str, ending: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == ending)
}

fn is_site_file(path: &str, ending: &str) -> bool {
    path.starts_with("dist/") && has_ending(path, ending)
}

fn is_finder(path: &str) -> bool {
    path.starts_with("dist/finder")
}

fn is_code(path: &str) -> bool {
    has_ending(path, "js") || has_ending(path, "wasm")
}

/// The script that loads the WebAssembly: it carries the module's name.
fn is_glue(path: &str) -> bool {
    is_site_file(path, "js") && {
        let wasm = path.replace(".js", "_bg.wasm");
        paths::root().join(wasm).is_file()
    }
}

/// Sizes of one file, in bytes.
struct Sizes {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Sizes {
    fn of(content: &[u8]) -> Result<Self> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(content)?;
        let mut brotli = Vec::new();
        // Quality 11 and the largest window: what a server does with a file it keeps.
        let parameters =
            brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
        brotli::BrotliCompress(&mut &*content, &mut brotli, &parameters)?;
        Ok(Self { raw: content.len(), gzip: gzip.finish()?.len(), brotli: brotli.len() })
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
        }
    }

    fn by(&self, measure: Measure) -> usize {
        match measure {
            Measure::Brotli => self.brotli,
            Measure::Gzip => self.gzip,
        }
    }
}

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let mut words = Words::new(args);
    let mut build_first = true;
    while let Some((name, _)) = words.next() {
        match name {
            "--no-build" => build_first = false,
            other => bail!("size knows no `{other}`"),
        }
    }
    if build_first {
        build::all(&build::Options::default())?;
    }
    let (table, over) = report()?;
    print!("{table}");
    if over.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("over budget: {}", over.join(", "))
}

/// The table, and what is over its budget or missing.
fn report() -> Result<(String, Vec<String>)> {
    let files = shipped()?;
    let mut table =
        row("artefact", ["raw KB", "gzip KB", "brotli KB", "budget"].map(String::from), "");
    let mut over = Vec::new();
    for budget in BUDGETS {
        let fitting: Vec<&PathBuf> =
            files.iter().filter(|file| (budget.fits)(&paths::shown(file))).collect();
        if fitting.is_empty() && budget.required {
            over.push(format!("{} is missing", budget.what));
            continue;
        }
        let measured = all_sizes(&fitting)?;
        for (name, sizes) in lines(budget, measured) {
            let size = sizes.by(budget.measure);
            let verdict = if size > budget.kilobytes * KB { "OVER" } else { "ok" };
            if verdict == "OVER" {
                over.push(name.clone());
            }
            let kind = if budget.measure == Measure::Brotli { "br" } else { "gz" };
            let cells = [
                kilobytes(sizes.raw),
                kilobytes(sizes.gzip),
                kilobytes(sizes.brotli),
                format!("{} {kind}", budget.kilobytes),
            ];
            table += &row(&name, cells, verdict);
        }
    }
    Ok((table, over))
}

/// One line for artefacts that count together; the largest five of those that do not.
fn lines(budget: &Budget, mut measured: Vec<(String, Sizes)>) -> Vec<(String, Sizes)> {
    if budget.together {
        let sum =
            measured.iter().map(|(_, sizes)| sizes).fold(None, |sum: Option<Sizes>, one| {
                Some(sum.map_or_else(
                    || one.plus(&Sizes { raw: 0, gzip: 0, brotli: 0 }),
                    |s| s.plus(one),
                ))
            });
        return sum.map(|sum| (budget.what.to_owned(), sum)).into_iter().collect();
    }
    measured.sort_by_key(|(_, sizes)| std::cmp::Reverse(sizes.by(budget.measure)));
    let limit = budget.kilobytes * KB;
    let shown = |index: usize, sizes: &Sizes| index < 5 || sizes.by(budget.measure) > limit;
    measured
        .into_iter()
        .enumerate()
        .filter(|(index, (_, sizes))| shown(*index, sizes))
        .map(|(_, line)| line)
        .collect()
}

/// Every file that is deployed.
fn shipped() -> Result<Vec<PathBuf>> {
    let mut files = stamp::files(&build::site_directory())?;
    files.extend(stamp::files(&build::worker_directory())?);
    if build::has_desk(&build::Options::default())? {
        files.extend(stamp::files(&build::desk_directory())?);
    }
    Ok(files)
}

/// The sizes of all these files, by name; compressing well takes long, so on every core.
fn all_sizes(files: &[&PathBuf]) -> Result<Vec<(String, Sizes)>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = files.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = files
            .chunks(share)
            .map(|part| {
                let one = |file: &&PathBuf| Ok((paths::shown(file), sizes(file)?));
                scope.spawn(move || part.iter().map(one).collect::<Result<Vec<_>>>())
            })
            .collect();
        let mut all = Vec::new();
        for part in parts {
            all.extend(part.join().unwrap_or_else(|_| bail!("measuring broke off"))?);
        }
        Ok(all)
    })
}

fn sizes(file: &Path) -> Result<Sizes> {
    Sizes::of(&std::fs::read(file).with_context(|| paths::shown(file))?)
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{}", bytes / KB, bytes % KB / 100)
}

fn row(name: &str, cells: [String; 4], verdict: &str) -> String {
    let mut line = format!("{name:<36}");
    for cell in cells {
        let _ = write!(line, "{cell:>12}");
    }
    format!("{line}  {verdict}").trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_text_is_smaller_and_brotli_smallest() {
        let sizes = Sizes::of("Quên mật khẩu VssID. ".repeat(200).as_bytes()).unwrap();
        assert!(sizes.gzip < sizes.raw);
        assert!(sizes.brotli < sizes.gzip);
    }

    #[test]
    fn pages_count_one_by_one_and_the_largest_comes_first() {
        let page = |name: &str, brotli| (name.to_owned(), Sizes { raw: 0, gzip: 0, brotli });
        let pages = BUDGETS.iter().find(|budget| !budget.together).unwrap();
        let shown = lines(pages, vec![page("small", 1), page("large", 9)]);
        assert_eq!(
            shown.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["large", "small"]
        );
    }

    #[test]
    fn what_counts_together_is_one_sum() {
        let part = |brotli| (String::new(), Sizes { raw: 1, gzip: 2, brotli });
        let shown = lines(&BUDGETS[0], vec![part(3), part(4)]);
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].1.brotli, 7);
    }

    #[test]
    fn a_kilobyte_is_a_thousand_bytes() {
        assert_eq!(kilobytes(140_049), "140.0");
    }
}
