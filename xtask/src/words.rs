//! Reading command lines.

use anyhow::{Context, Result, bail};

/// The words after a command, taken one by one.
pub(crate) struct Words<'a> {
    rest: std::slice::Iter<'a, String>,
}

impl<'a> Words<'a> {
    pub(crate) fn new(args: &'a [String]) -> Self {
        Self { rest: args.iter() }
    }

    /// The next option or operand; `--name=value` comes out as `--name` with the value kept.
    pub(crate) fn next(&mut self) -> Option<(&'a str, Option<&'a str>)> {
        let word = self.rest.next()?.as_str();
        match word.split_once('=') {
            Some((name, value)) if name.starts_with("--") => Some((name, Some(value))),
            _ => Some((word, None)),
        }
    }

    /// The value of option `name`: given with `=`, or the next word.
    pub(crate) fn value(&mut self, name: &str, given: Option<&'a str>) -> Result<&'a str> {
        given
            .or_else(|| self.rest.next().map(String::as_str))
            .with_context(|| format!("{name} needs a value"))
    }

    /// As [`Self::value`], as a whole number.
    pub(crate) fn number<N: std::str::FromStr>(
        &mut self,
        name: &str,
        given: Option<&'a str>,
    ) -> Result<N> {
        let text = self.value(name, given)?;
        match text.parse() {
            Ok(number) => Ok(number),
            Err(_) => bail!("{name} needs a number, not `{text}`"),
        }
    }
}

/// `KEY=VALUE`, where KEY is an environment name.
pub(crate) fn assignment(text: &str) -> Result<(String, String)> {
    let (key, value) = text.split_once('=').context("--var needs KEY=VALUE")?;
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if key.is_empty() || !key.chars().all(fits) {
        bail!("--var needs KEY=VALUE with KEY in capitals, not `{text}`");
    }
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn an_option_takes_its_value_with_or_without_an_equals_sign() {
        for line in ["--port 9000", "--port=9000"] {
            let args = words(line);
            let mut words = Words::new(&args);
            let (name, given) = words.next().unwrap();
            assert_eq!(words.number::<u16>(name, given).unwrap(), 9000);
        }
    }

    #[test]
    fn a_missing_value_and_a_word_for_a_number_are_refused() {
        let args = words("--port");
        let mut missing = Words::new(&args);
        let (name, given) = missing.next().unwrap();
        assert!(missing.number::<u16>(name, given).is_err());
        let args = words("--port many");
        let mut wrong = Words::new(&args);
        let (name, given) = wrong.next().unwrap();
        assert!(wrong.number::<u16>(name, given).is_err());
    }

    #[test]
    fn a_variable_keeps_everything_after_its_first_equals_sign() {
        assert_eq!(
            assignment("RESEND_BASE_URL=http://a/?b=c").unwrap(),
            ("RESEND_BASE_URL".to_owned(), "http://a/?b=c".to_owned())
        );
        assert!(assignment("LIMIT_SIGNIN").is_err());
        assert!(assignment("limit=1").is_err());
    }
}
