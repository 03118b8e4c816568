//! `cargo bench -p offices`: reading the file, and one search per keystroke of every query in
//! `tests/queries.tsv`, over all wards and offices.
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock; the crate does not")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use offices::{Directory, FormatError};

const TABLE: &str = include_str!("../tests/queries.tsv");
const ROUNDS: usize = 20;

fn main() -> Result<(), FormatError> {
    let mut reading = Times::default();
    for _ in 0..ROUNDS * 5 {
        reading.take(|| Directory::parse(black_box(offices::EMBEDDED)).is_ok());
    }
    let directory = Directory::parse(offices::EMBEDDED)?;
    let queries = TABLE.lines().filter(|l| !l.starts_with('#'));
    let queries: Vec<&str> = queries.filter_map(|l| l.split('\t').next()).collect();
    let typed = queries.iter().flat_map(|q| {
        q.char_indices().map(|(at, c)| q.get(..at + c.len_utf8()).unwrap_or_default())
    });
    let typing = Times::of_each(typed, |text| directory.search(text, 10).hits.len());
    let whole =
        Times::of_each(queries.iter().copied(), |text| directory.search(text, 10).hits.len());
    let mut near = Times::default();
    for i in 0..2000u32 {
        let (lat, lon) = (8.5 + f64::from(i % 50) * 0.29, 102.5 + f64::from(i / 50) * 0.17);
        near.take(|| directory.nearest(black_box(lat), lon, 5).is_some());
    }
    println!("directory: {} bytes, {} names", offices::EMBEDDED.len(), directory.name_count());
    println!("{:<34} {:>9} {:>9} {:>9} {:>8}", "", "best", "p50", "p99", "times");
    reading.print("reading the file (once)");
    typing.print("search, per keystroke");
    whole.print("search, whole query");
    near.print("nearest wards");
    Ok(())
}

#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn take<T>(&mut self, work: impl FnOnce() -> T) {
        let begun = Instant::now();
        black_box(work());
        self.0.push(begun.elapsed());
    }

    /// For each text the best of all rounds: what it costs, not what else the machine was doing.
    fn of_each<'t, T>(texts: impl Iterator<Item = &'t str>, work: impl Fn(&str) -> T) -> Self {
        let best = |text| {
            let mut rounds = Self::default();
            for _ in 0..ROUNDS {
                rounds.take(|| work(black_box(text)));
            }
            rounds.0.into_iter().min().unwrap_or_default()
        };
        Self(texts.map(best).collect())
    }

    fn print(mut self, what: &str) {
        self.0.sort_unstable();
        let at = |share: usize| self.0.get(self.0.len().saturating_sub(1) * share / 100);
        let ms = |share| at(share).map_or(0.0, |d| d.as_secs_f64() * 1e3);
        let (best, p50, p99) = (ms(0), ms(50), ms(99));
        println!("{what:<34} {best:>6.3} ms {p50:>6.3} ms {p99:>6.3} ms {:>8}", self.0.len());
    }
}
