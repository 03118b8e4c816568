//! What the directory's calls are asked; every wrong parameter is named at once.

use recovery::api::FieldError;

use crate::http::problem::Problem;

/// Most characters of a text to search for: the longest name has 79.
const MAX_TEXT: usize = 200;
/// Most rows of a page.
const MAX_LIMIT: usize = 50;
/// Parts of a degree.
const MICRO: i64 = 1_000_000;
const HUNDREDTH: i64 = MICRO / 100;
/// Rows of a page where the caller does not say.
const LIMIT: usize = 20;

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paging {
    /// Rows at most.
    pub limit: usize,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// The rest of the query in one spelling: a cursor belongs to it.
    pub query: String,
}

/// The query of `GET /offices`.
#[derive(Debug)]
pub(super) struct OfficesQuery {
    /// A text as people type it.
    pub text: Option<String>,
    /// A ward's 5-digit code, not yet known to exist.
    pub ward: Option<String>,
    /// Latitude and longitude in hundredths of a degree.
    pub place: Option<(i32, i32)>,
    /// Which page.
    pub paging: Paging,
}

/// The query of `GET /wards`.
#[derive(Debug)]
pub(super) struct WardsQuery {
    /// A text as people type it.
    pub text: Option<String>,
    /// Which page.
    pub paging: Paging,
}

/// Parameters by name; one without a value counts as absent, as forms send it.
struct Reader<'a> {
    given: &'a [(&'static str, String)],
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    fn new(given: &'a [(&'static str, String)]) -> Self {
        Self { given, errors: Vec::new() }
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.given.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn refuse(&mut self, field: &str, code: &str) {
        self.errors.push(FieldError { field: field.to_owned(), code: code.to_owned() });
    }

    fn text(&mut self) -> Option<String> {
        let text = self.get("q")?;
        if text.chars().count() > MAX_TEXT {
            self.refuse("q", "too-long");
        }
        Some(text.to_owned())
    }

    fn ward(&mut self) -> Option<String> {
        let code = self.get("ward")?;
        if code.len() != 5 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            self.refuse("ward", "not-valid");
        }
        Some(code.to_owned())
    }

    fn degrees(&mut self, name: &str, most: u64) -> Option<i32> {
        let text = self.get(name)?;
        let Some(value) = decimal(text) else {
            self.refuse(name, "not-a-number");
            return None;
        };
        if value.unsigned_abs() > most * MICRO.unsigned_abs() {
            self.refuse(name, "out-of-range");
        }
        // About 1 km: whoever asks does not tell us a house.
        let half = HUNDREDTH / 2 * value.signum();
        Some(i32::try_from((value + half) / HUNDREDTH).unwrap_or_default())
    }

    fn place(&mut self) -> Option<(i32, i32)> {
        let (lat, lon) = (self.degrees("lat", 90), self.degrees("lon", 180));
        for (one, other) in [("lat", "lon"), ("lon", "lat")] {
            if self.get(one).is_some() && self.get(other).is_none() {
                self.refuse(other, "missing");
            }
        }
        lat.zip(lon)
    }

    fn paging(&mut self, query: String) -> Paging {
        let limit = match self.get("limit") {
            None => LIMIT,
            Some(text) => match text.parse::<i64>() {
                Ok(n) => usize::try_from(n).unwrap_or(0),
                Err(_) if is_whole(text) => 0,
                Err(_) => {
                    self.refuse("limit", "not-a-number");
                    LIMIT
                }
            },
        };
        if !(1..=MAX_LIMIT).contains(&limit) {
            self.refuse("limit", "out-of-range");
        }
        Paging { limit, cursor: self.get("cursor").map(str::to_owned), query }
    }

    fn finish<T>(self, value: T) -> Result<T, Problem> {
        if self.errors.is_empty() { Ok(value) } else { Err(Problem::invalid(self.errors)) }
    }
}

impl OfficesQuery {
    /// Reads the query; 422 with every wrong field.
    pub(super) fn read(given: &[(&'static str, String)]) -> Result<Self, Problem> {
        let mut reader = Reader::new(given);
        let (text, ward, place) = (reader.text(), reader.ward(), reader.place());
        let query = format!("offices\n{text:?}\n{ward:?}\n{place:?}");
        let paging = reader.paging(query);
        reader.finish(Self { text, ward, place, paging })
    }
}

impl WardsQuery {
    /// Reads the query; 422 with every wrong field.
    pub(super) fn read(given: &[(&'static str, String)]) -> Result<Self, Problem> {
        let mut reader = Reader::new(given);
        let text = reader.text();
        let paging = reader.paging(format!("wards\n{text:?}"));
        reader.finish(Self { text, paging })
    }
}

/// Digits with an optional sign.
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A plain decimal number in millionths, further digits dropped: no exponent, no `inf`, nothing that
/// only Rust's parser knows. The machinery for floating point stays out of the Worker.
fn decimal(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let plain = text.len() <= 24
        && is_whole(whole)
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !plain {
        return None;
    }
    // What does not fit is out of any range all the same.
    let degrees = whole.parse::<i64>().unwrap_or(i64::MAX).clamp(-1_000, 1_000);
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let part = digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let part = if whole.starts_with('-') { -part } else { part };
    Some(degrees * MICRO + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&'static str, &str)]) -> Result<OfficesQuery, Vec<(String, String)>> {
        let given: Vec<_> = given.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        OfficesQuery::read(&given).map_err(|problem| {
            let document = problem.document(recovery::locale::Locale::En);
            document.errors.into_iter().map(|e| (e.field, e.code)).collect()
        })
    }

    #[test]
    fn bad_parameters_are_all_named() {
        let long = "a".repeat(201);
        for (given, expected) in [
            (&[("lat", "999"), ("lon", "105")][..], &[("lat", "out-of-range")][..]),
            (&[("lat", "21"), ("lon", "-180.5")], &[("lon", "out-of-range")]),
            (&[("lat", "21")], &[("lon", "missing")]),
            (&[("lon", "105")], &[("lat", "missing")]),
            (
                &[("lat", "NaN"), ("lon", "inf")],
                &[("lat", "not-a-number"), ("lon", "not-a-number")],
            ),
            (&[("lat", "1e1"), ("lon", "105")], &[("lat", "not-a-number")]),
            (&[("lat", "+1"), ("lon", ".5")], &[("lat", "not-a-number"), ("lon", "not-a-number")]),
            (&[("limit", "-1")], &[("limit", "out-of-range")]),
            (&[("limit", "0")], &[("limit", "out-of-range")]),
            (&[("limit", "51")], &[("limit", "out-of-range")]),
            (&[("limit", "99999999999999999999")], &[("limit", "out-of-range")]),
            (&[("limit", "abc")], &[("limit", "not-a-number")]),
            (&[("limit", "1.5")], &[("limit", "not-a-number")]),
            (&[("ward", "2674")], &[("ward", "not-valid")]),
            (&[("ward", "2674a")], &[("ward", "not-valid")]),
            (&[("q", long.as_str())], &[("q", "too-long")]),
            (
                &[("q", long.as_str()), ("ward", "x"), ("lat", "91"), ("limit", "x")],
                &[
                    ("q", "too-long"),
                    ("ward", "not-valid"),
                    ("lat", "out-of-range"),
                    ("lon", "missing"),
                    ("limit", "not-a-number"),
                ],
            ),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect();
            assert_eq!(read(given).unwrap_err(), expected, "{given:?}");
        }
    }

    #[test]
    fn a_place_is_rounded_to_a_hundredth_of_a_degree() {
        let asked = read(&[("lat", "21.03456"), ("lon", "105.84999")]).unwrap();
        assert_eq!(asked.place, Some((2103, 10_585)));
        for (lat, hundredths) in
            [("-0.014999", -1), ("-0.015", -2), ("0.005", 1), ("-89.999", -9000), ("90", 9000)]
        {
            let asked = read(&[("lat", lat), ("lon", "0")]).unwrap();
            assert_eq!(asked.place, Some((hundredths, 0)), "{lat}");
        }
        for lat in ["90.000001", "-90.1", "99999999999999999999", "-99999999999999999999"] {
            assert!(read(&[("lat", lat), ("lon", "0")]).is_err(), "{lat}");
        }
    }

    #[test]
    fn parameters_without_a_value_are_absent() {
        let asked = read(&[("q", ""), ("ward", ""), ("lat", ""), ("lon", ""), ("limit", "")]);
        let asked = asked.unwrap();
        assert_eq!((asked.text, asked.ward, asked.place), (None, None, None));
        assert_eq!(asked.paging.limit, 20);
    }
}
