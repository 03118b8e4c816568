//! Form fields and query parameters, read strictly: what a signature was computed over must be
//! what is read.

/// The parameters of a query or of a form, decoded, in their order.
#[derive(Clone, Default)]
pub struct Params(Vec<(String, String)>);

/// Not a form: a bad escape, invalid UTF-8, too many fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Twilio sends about 20.
const MOST: usize = 64;

impl Params {
    /// Reads `application/x-www-form-urlencoded`. Invalid escapes and UTF-8 are refused, not
    /// replaced; so is a name that comes twice, since readers differ in which of the two they take.
    pub fn parse(raw: &[u8]) -> Result<Self, Malformed> {
        let mut params: Vec<(String, String)> = Vec::new();
        for pair in raw.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
            let cut = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(cut);
            let name = decode(name)?;
            let value = decode(value.get(1..).unwrap_or_default())?;
            if params.len() >= MOST || params.iter().any(|(known, _)| *known == name) {
                return Err(Malformed);
            }
            params.push((name, value));
        }
        Ok(Self(params))
    }

    /// A field that must be there; it may be empty.
    pub fn get(&self, name: &str) -> Result<&str, Malformed> {
        self.find(name).ok_or(Malformed)
    }

    /// A field that may be there.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All of them, by name in the order of code points.
    pub fn sorted(&self) -> Vec<(&str, &str)> {
        let mut all: Vec<_> = self.0.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        all.sort_unstable();
        all
    }
}

fn decode(raw: &[u8]) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit().ok_or(Malformed)?, digit().ok_or(Malformed)?);
                u8::try_from(high * 16 + low).map_err(|_| Malformed)?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_are_decoded() {
        let params = Params::parse("Body=BH+MK%20%C4%91&From=%2B84&empty=&bare&a=b=c".as_bytes());
        let params = params.unwrap();
        assert_eq!(params.get("Body"), Ok("BH MK đ"));
        assert_eq!(params.get("From"), Ok("+84"));
        assert_eq!(params.get("empty"), Ok(""));
        assert_eq!(params.get("bare"), Ok(""));
        assert_eq!(params.get("a"), Ok("b=c"));
        assert_eq!(params.get("body"), Err(Malformed));
        assert_eq!(params.sorted()[0], ("Body", "BH MK đ"));
    }

    #[test]
    fn what_readers_could_differ_about_is_refused() {
        for raw in ["a=1&a=2", "a=%", "a=%4", "a=%zz", "a=%+1", "a=%FF", "a=%C4", "%61=1&a=2"] {
            assert!(Params::parse(raw.as_bytes()).is_err(), "{raw}");
        }
        assert!(Params::parse(b"a=\xff").is_err());
        let many: Vec<String> = (0..65).map(|k| format!("k{k}=")).collect();
        assert!(Params::parse(many.join("&").as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn junk_never_panics(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Params::parse(&raw);
        }
    }
}
