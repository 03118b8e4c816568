//! A small reader of mail (RFC 5322, RFC 2045 to 2047): who it says it is from, what it says, and
//! how much of it is not kept. Written for hostile input: it reads each byte a fixed number of
//! times, goes down [`DEPTH`] levels and through [`PARTS`] parts, and has no error to give.
//! Compared with the `mail-parser` crate in `tests/desk/mail.rs`; why it is not that crate:
//! `docs/size-log.md`.

use super::encoding::{self, Charsets};
use super::html;

/// Levels of multipart; what lies deeper is not read.
const DEPTH: u32 = 8;
/// Parts read in all.
const PARTS: u32 = 64;
/// Headers longer than this are cut, in bytes: RFC 5322 allows 998 a line.
const HEADER: usize = 8 * 1024;
/// Text read of one letter, in bytes before it is decoded.
const TEXT: usize = 192 * 1024;

/// What is wanted of a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The `From` header, read. Anybody can write anything there.
    pub from: String,
    /// The `Subject` header, read.
    pub subject: String,
    /// What it says: plain text where it has that, else its HTML reduced to words.
    pub text: String,
    /// The `Message-ID` header as it stands.
    pub message_id: String,
    /// Parts that are not text to be read: none is kept.
    pub attachments: u32,
    /// Whether the text goes on to the end of what was read: where that is not the letter's end,
    /// words are missing.
    pub open: bool,
    /// Written by a program: an answering machine, a mailing list, a report of a mail server.
    pub automatic: bool,
}

/// The headers that are read, of a letter or of one of its parts.
#[derive(Default)]
struct Headers<'a>(Vec<(&'a [u8], Vec<u8>)>);

const READ: [&str; 12] = [
    "from",
    "subject",
    "message-id",
    "auto-submitted",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "x-autoreply",
    "x-autorespond",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
];

impl<'a> Headers<'a> {
    /// Headers and what follows them. Without an empty line all of it is headers.
    fn split(raw: &'a [u8]) -> (Self, &'a [u8]) {
        let mut headers = Self::default();
        let mut rest = raw;
        let mut open = false;
        while !rest.is_empty() {
            let (line, after) = line(rest);
            rest = after;
            if line.is_empty() {
                return (headers, rest);
            }
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                let last = headers.0.last_mut().filter(|_| open);
                if let Some((_, value)) = last.filter(|(_, value)| value.len() < HEADER) {
                    value.extend_from_slice(line);
                }
                continue;
            }
            let mut parts = line.splitn(2, |byte| *byte == b':');
            let name = parts.next().unwrap_or_default().trim_ascii_end();
            let is_read = READ.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
            // The first of a name counts; programs that add their own put it in front.
            open = is_read && headers.0.len() < READ.len() && !headers.has(name);
            if open {
                let value = parts.next().unwrap_or_default();
                headers.0.push((name, value.get(..HEADER).unwrap_or(value).to_vec()));
            }
        }
        (headers, rest)
    }

    fn has(&self, name: &[u8]) -> bool {
        self.0.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    fn get(&self, name: &str) -> &[u8] {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        found.map_or(&[], |(_, value)| value.trim_ascii())
    }

    /// A header in lower case up to its first parameter.
    fn token(&self, name: &str) -> String {
        let value = self.get(name);
        let end = value.iter().position(|byte| matches!(byte, b';' | b' ' | b'\t' | b'('));
        let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
        String::from_utf8_lossy(value).to_ascii_lowercase()
    }

    /// A parameter of a header: `charset=utf-8`, `boundary="a;b"`.
    fn parameter(&self, header: &str, name: &str) -> Option<Vec<u8>> {
        let mut rest = self.get(header);
        loop {
            let semicolon = rest.iter().position(|byte| *byte == b';')?;
            rest = rest.get(semicolon + 1..)?.trim_ascii_start();
            let equals = rest.iter().position(|byte| matches!(byte, b'=' | b';'))?;
            let (key, after) = rest.split_at(equals);
            let Some(after) = after.strip_prefix(b"=") else { continue };
            let (value, after) = parameter_value(after.trim_ascii_start());
            if key.trim_ascii().eq_ignore_ascii_case(name.as_bytes()) {
                return Some(value);
            }
            rest = after;
        }
    }

    fn is_automatic(&self) -> bool {
        let submitted = self.token("auto-submitted");
        let listed = ["list-id", "list-unsubscribe", "x-autoreply", "x-autorespond"];
        !(submitted.is_empty() || submitted == "no")
            || ["bulk", "list", "junk", "auto_reply"].contains(&self.token("precedence").as_str())
            || listed.iter().any(|name| self.has(name.as_bytes()))
            || self.token("content-type") == "multipart/report"
    }
}

/// A quoted or bare value, and what follows it.
fn parameter_value(value: &[u8]) -> (Vec<u8>, &[u8]) {
    let Some(quoted) = value.strip_prefix(b"\"") else {
        let end = value.iter().position(|byte| matches!(byte, b';' | b' ' | b'\t'));
        let (bare, after) = value.split_at(end.unwrap_or(value.len()));
        return (bare.to_vec(), after);
    };
    let mut out = Vec::new();
    let mut bytes = quoted.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return (out, quoted.get(at + 1..).unwrap_or_default()),
            b'\\' => out.extend(bytes.next().map(|(_, byte)| *byte)),
            other => out.push(*other),
        }
    }
    (out, &[])
}

/// The first line without its end, and the rest.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

/// Reads a letter, or as much of one as there is.
pub fn read(raw: &[u8], charsets: &dyn Charsets) -> Mail {
    let (headers, body) = Headers::split(raw);
    let mut reader =
        Reader { charsets, texts: Default::default(), attachments: 0, parts: 0, last: TEXTS };
    reader.part(&headers, body, 0);
    let mut mail = Mail {
        from: encoding::words(charsets, headers.get("from")),
        subject: encoding::words(charsets, headers.get("subject")),
        text: String::new(),
        message_id: String::from_utf8_lossy(headers.get("message-id")).into_owned(),
        attachments: reader.attachments,
        open: false,
        automatic: headers.is_automatic(),
    };
    for (kind, (raw, files)) in reader.texts.iter().enumerate() {
        mail.text = if kind % FILE == HTML { html::text(raw) } else { raw.clone() };
        if !mail.text.trim().is_empty() {
            mail.attachments -= files;
            mail.open = kind == reader.last;
            break;
        }
    }
    mail
}

/// Kinds of text, of which the first that has words is the letter: plain, HTML, and the same as
/// files, which beside a text are attachments.
const HTML: usize = 1;
const FILE: usize = 2;
const TEXTS: usize = 4;

struct Reader<'a> {
    charsets: &'a dyn Charsets,
    /// Each with how many of the attachments are in it.
    texts: [(String, u32); TEXTS],
    attachments: u32,
    parts: u32,
    /// The last part's kind; [`TEXTS`] where it was no text.
    last: usize,
}

impl Reader<'_> {
    fn part(&mut self, headers: &Headers<'_>, body: &[u8], depth: u32) {
        self.parts += 1;
        self.last = TEXTS;
        let kind = headers.token("content-type");
        let boundary = headers.parameter("content-type", "boundary");
        if kind.starts_with("multipart/") {
            match boundary.filter(|boundary| !boundary.is_empty() && depth < DEPTH) {
                Some(boundary) => self.parts_of(body, &boundary, depth),
                None => self.attachments += 1,
            }
            return;
        }
        let is_text = matches!(kind.as_str(), "" | "text/plain" | "text/html" | "text");
        let is_file = headers.token("content-disposition") == "attachment"
            || headers.parameter("content-disposition", "filename").is_some()
            || headers.parameter("content-type", "name").is_some();
        self.attachments += u32::from(is_file || !is_text);
        if is_text {
            self.last = usize::from(kind == "text/html") * HTML + usize::from(is_file) * FILE;
        }
        let Some((into, files)) = self.texts.get_mut(self.last) else { return };
        *files += u32::from(is_file);
        let left = TEXT.saturating_sub(into.len());
        let body = body.get(..left).unwrap_or(body);
        let bytes = match headers.token("content-transfer-encoding").as_str() {
            "base64" => encoding::base64(body),
            "quoted-printable" => encoding::quoted(body, false),
            _ => body.to_vec(),
        };
        let label = headers.parameter("content-type", "charset").unwrap_or_default();
        let label = String::from_utf8_lossy(&label);
        if !into.is_empty() {
            into.push('\n');
        }
        into.push_str(&encoding::text(self.charsets, label.trim(), &bytes));
    }

    /// The parts between lines that begin with `--boundary`. Where the last of these is missing,
    /// the last part goes on to the end.
    fn parts_of(&mut self, body: &[u8], boundary: &[u8], depth: u32) {
        let mut rest = body;
        // Where the part under way begins; what stands before the first is for nobody.
        let mut begun: Option<&[u8]> = None;
        while !rest.is_empty() {
            let (one, after) = line(rest);
            let mark = one.strip_prefix(b"--").and_then(|one| one.strip_prefix(boundary));
            if let Some(tail) = mark.filter(|tail| is_end(tail)) {
                if let Some(start) = begun {
                    self.one_of(&start[..start.len() - rest.len()], depth);
                }
                if tail.starts_with(b"--") {
                    return;
                }
                begun = Some(after);
            }
            rest = after;
        }
        if let Some(start) = begun {
            self.one_of(start, depth);
        }
    }

    fn one_of(&mut self, part: &[u8], depth: u32) {
        if self.parts >= PARTS {
            self.attachments += 1;
            return;
        }
        // The line's end before a boundary belongs to the boundary.
        let part = part.strip_suffix(b"\n").unwrap_or(part);
        let part = part.strip_suffix(b"\r").unwrap_or(part);
        let (headers, body) = Headers::split(part);
        self.part(&headers, body, depth + 1);
    }
}

/// Is this what may follow a boundary on its line?
fn is_end(tail: &[u8]) -> bool {
    tail.strip_prefix(b"--").unwrap_or(tail).iter().all(u8::is_ascii_whitespace)
}
