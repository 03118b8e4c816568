//! Writing HTML by hand: what the pages need and no more.

use offices::{Directory, OfficeId};
use recovery::locale::Locale;

use crate::words::{Words, pages::PageWords};

/// HTML under construction, in a language.
pub(crate) struct Html {
    out: String,
    /// The language of the words around the data.
    pub(crate) lang: Locale,
}

impl Html {
    pub(crate) fn new(lang: Locale) -> Self {
        Self { out: String::with_capacity(1024), lang }
    }

    pub(crate) fn words(&self) -> &'static Words {
        Words::of(self.lang)
    }

    pub(crate) fn page_words(&self) -> &'static PageWords {
        PageWords::of(self.lang)
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// Markup of our own.
    pub(crate) fn raw(&mut self, markup: &str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// A text from data or from a person, escaped for element content and quoted attributes.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                // Pages with double braces left in them are refused as unfinished.
                '{' => self.out.push_str("&#123;"),
                c => self.out.push(c),
            }
        }
        self
    }

    /// A sentence of ours with texts in its places `{0}`, `{1}`.
    pub(crate) fn say(&mut self, sentence: &str, values: &[&str]) -> &mut Self {
        self.weave(sentence, |h, place| {
            h.text(values.get(place).copied().unwrap_or_default());
        })
    }

    /// The same with markup in its places.
    pub(crate) fn weave(&mut self, sentence: &str, fill: impl Fn(&mut Self, usize)) -> &mut Self {
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            self.raw(before);
            let Some((place, after)) = after.split_once('}') else { break };
            fill(self, place.parse().unwrap_or(usize::MAX));
            rest = after;
        }
        self.raw(rest)
    }

    /// A Vietnamese text: marked as such inside an English page, so that voices read it well.
    pub(crate) fn vietnamese(&mut self, text: &str) -> &mut Self {
        match self.lang {
            Locale::Vi => self.text(text),
            Locale::En => self.raw("<span lang=\"vi\">").text(text).raw("</span>"),
        }
    }

    /// A link to an office's page.
    pub(crate) fn office_link(&mut self, d: &Directory<'_>, id: OfficeId) -> &mut Self {
        let Some(office) = d.office(id) else { return self };
        let name = crate::short_name(d, id);
        let base = base(self.lang);
        self.raw("<a href=\"").raw(base).raw("/").text(office.id).raw("\"");
        if self.lang == Locale::En {
            self.raw(" lang=\"vi\"");
        }
        self.raw(">").text(&name).raw("</a>")
    }

    /// A telephone number to tap, standing by itself.
    pub(crate) fn phone(&mut self, phone: offices::Phone<'_>) -> &mut Self {
        self.raw("<a class=\"tel\" href=\"tel:").dial(phone)
    }

    /// The same inside a sentence.
    pub(crate) fn phone_in_text(&mut self, phone: offices::Phone<'_>) -> &mut Self {
        self.raw("<a href=\"tel:").dial(phone)
    }

    fn dial(&mut self, phone: offices::Phone<'_>) -> &mut Self {
        let digits = phone.dialled();
        match digits.strip_prefix('0') {
            Some(rest) => self.raw("+84").text(rest),
            // Services such as 1900 cannot be dialled from abroad.
            None => self.text(&digits),
        };
        self.raw("\">").text(phone.shown()).raw("</a>")
    }
}

/// The directory's own address.
pub(crate) const fn base(lang: Locale) -> &'static str {
    match lang {
        Locale::Vi => "/co-quan",
        Locale::En => "/en/co-quan",
    }
}

/// Percent-encoding of everything that has a meaning in a query.
pub(crate) fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.push(HEX.get(usize::from(half)).map_or('0', |digit| char::from(*digit)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_data_cannot_become_markup() {
        let mut h = Html::new(Locale::Vi);
        h.say("<b>{0}</b>", &["<i a=\"1\">&amp;{{x}}"]);
        assert_eq!(h.finish(), "<b>&lt;i a=&quot;1&quot;&gt;&amp;amp;&#123;&#123;x}}</b>");
    }

    #[test]
    fn values_take_their_places_in_any_order() {
        let mut h = Html::new(Locale::Vi);
        h.say("{1} – {0}.", &["a", "b"]);
        assert_eq!(h.finish(), "b – a.");
    }

    #[test]
    fn an_address_is_encoded_for_a_query() {
        assert_eq!(encode("Số 7, phố A"), "S%E1%BB%91%207%2C%20ph%E1%BB%91%20A");
    }
}
