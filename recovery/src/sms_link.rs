//! Links that open the phone's own text-message app with number and text filled in.
//!
//! RFC 5724 writes `sms:8079?body=…`, and phones disagree with it. What works, by what people who
//! ship such links report (qksms#1321, flutter#97564, vue-social-sharing#335):
//!
//! | platform | form | why |
//! |---|---|---|
//! | iOS, iPadOS | `sms:8079&body=…` | reads the body after `&` only |
//! | Android | `sms:8079?body=…` | takes a lone `&` for a part of the number |
//! | others | `sms:8079?&body=…` | the one form that both of the above also read |
//!
//! Android 13 drops the body of a link without a number, so there is no such link here.

/// What decides the form of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Phones and tablets with Android.
    Android,
    /// iPhone and iPad.
    Ios,
    /// Everything else, and whatever does not say what it is.
    Other,
}

impl Platform {
    /// Reads what a browser says of itself: `navigator.userAgent`, and
    /// `navigator.maxTouchPoints`, by which an iPad that asks for desktop pages differs from a Mac.
    ///
    /// ```
    /// use recovery::sms_link::Platform;
    ///
    /// assert_eq!(Platform::of("Mozilla/5.0 (Linux; Android 9) …", 5), Platform::Android);
    /// ```
    pub fn of(user_agent: &str, touch_points: u32) -> Self {
        let says = |word| user_agent.contains(word);
        // Windows Phone called itself Android and iPhone at once.
        if says("Windows") {
            Self::Other
        } else if says("Android") {
            Self::Android
        } else if says("iPhone")
            || says("iPad")
            || says("iPod")
            || (says("Macintosh") && touch_points > 1)
        {
            Self::Ios
        } else {
            Self::Other
        }
    }
}

/// The link that opens a text to `number` with `body` filled in.
///
/// `number` is written as it is dialled; of it, digits and a leading `+` are kept. All of `body`
/// but ASCII letters, digits and `-._~` is percent-encoded, a space as `%20`: a `+` would arrive
/// as a plus sign.
///
/// ```
/// use recovery::sms_link::{Platform, sms_uri};
///
/// let link = sms_uri(Platform::Android, "8079", "BH MK 0123456789");
/// assert_eq!(link, "sms:8079?body=BH%20MK%200123456789");
/// ```
pub fn sms_uri(platform: Platform, number: &str, body: &str) -> String {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut uri = String::from("sms:");
    for (at, c) in number.trim().chars().enumerate() {
        if c.is_ascii_digit() || (c == '+' && at == 0) {
            uri.push(c);
        }
    }
    uri.push_str(match platform {
        Platform::Android => "?body=",
        Platform::Ios => "&body=",
        Platform::Other => "?&body=",
    });
    for byte in body.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each browser sends, its touch points, and the link it needs.
    const BROWSERS: [(&str, &str, u32, &str); 12] = [
        (
            "Chrome on a cheap Android phone",
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
            5,
            "sms:8079?body=BH%20MK%200123456789",
        ),
        (
            "Samsung Internet",
            "Mozilla/5.0 (Linux; Android 13; SM-A145F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36",
            5,
            "sms:8079?body=BH%20MK%200123456789",
        ),
        (
            "Firefox on Android",
            "Mozilla/5.0 (Android 14; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
            5,
            "sms:8079?body=BH%20MK%200123456789",
        ),
        (
            "Zalo's own browser on Android",
            "Mozilla/5.0 (Linux; Android 12; V2111 Build/SP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0.0.0 Mobile Safari/537.36 Zalo android/12100737",
            5,
            "sms:8079?body=BH%20MK%200123456789",
        ),
        (
            "Safari on an iPhone",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            5,
            "sms:8079&body=BH%20MK%200123456789",
        ),
        (
            "Facebook's own browser on an iPhone",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/480.0.0.0]",
            5,
            "sms:8079&body=BH%20MK%200123456789",
        ),
        (
            "an iPad that asks for mobile pages",
            "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1",
            5,
            "sms:8079&body=BH%20MK%200123456789",
        ),
        (
            "an iPad that asks for desktop pages",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            5,
            "sms:8079&body=BH%20MK%200123456789",
        ),
        (
            "Safari on a Mac",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
            0,
            "sms:8079?&body=BH%20MK%200123456789",
        ),
        (
            "Edge on Windows, with a touch screen",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            10,
            "sms:8079?&body=BH%20MK%200123456789",
        ),
        (
            "a phone with KaiOS",
            "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
            0,
            "sms:8079?&body=BH%20MK%200123456789",
        ),
        ("a browser that says nothing", "", 0, "sms:8079?&body=BH%20MK%200123456789"),
    ];

    #[test]
    fn every_browser_gets_the_form_of_link_that_its_phone_reads() {
        for (who, user_agent, touch_points, link) in BROWSERS {
            let platform = Platform::of(user_agent, touch_points);
            assert_eq!(sms_uri(platform, "8079", "BH MK 0123456789"), link, "{who}");
        }
    }

    #[test]
    fn nothing_in_the_text_can_end_it_or_add_to_the_link() {
        let link = sms_uri(Platform::Other, "8079", "a&b=c?d#e+f g%20");
        assert_eq!(link, "sms:8079?&body=a%26b%3Dc%3Fd%23e%2Bf%20g%2520");
    }

    #[test]
    fn letters_beyond_ascii_travel_as_utf_8() {
        assert_eq!(sms_uri(Platform::Ios, "8079", "Mã"), "sms:8079&body=M%C3%A3");
    }

    #[test]
    fn a_number_keeps_its_digits_and_its_leading_plus_only() {
        let to = |number| sms_uri(Platform::Android, number, "");
        assert_eq!(to("024 3789.9999"), "sms:02437899999?body=");
        assert_eq!(to("+84 24 3789 9999"), "sms:+842437899999?body=");
        assert_eq!(to("80?79&body=x"), "sms:8079?body=");
        assert_eq!(to("80+79"), "sms:8079?body=");
    }
}
