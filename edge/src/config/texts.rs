//! Providers of text messages. Each is off until it is named and everything that it needs is set.

use std::rc::Rc;

use recovery::sms::{
    provider::{Esms, OnePay, Provider, Twilio},
    send::{EsmsSender, TextApi, TwilioSender},
    source::AllowList,
};

use super::list;

/// Reads one variable, trimmed; `None` where it is not set or empty.
type Text<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A provider of incoming texts, and where it may call from.
pub struct Gateway {
    /// Reads and answers its requests.
    pub provider: Box<dyn Provider>,
    /// `None`: from anywhere.
    pub sources: Option<AllowList>,
}

/// How outgoing texts leave.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum TextTransport {
    /// Not at all.
    #[default]
    None,
    /// Twilio's Messages resource.
    Twilio {
        /// Base of its address.
        base_url: String,
        /// `AC…`.
        account_sid: String,
        /// The first signs in; receipts may be signed by any.
        auth_tokens: Vec<String>,
        /// A number of ours, or a messaging service.
        from: String,
    },
    /// eSMS.vn.
    Esms {
        /// Base of its address.
        base_url: String,
        /// `ApiKey`.
        api_key: String,
        /// `SecretKey`.
        secret_key: String,
        /// The registered brand name.
        brand: String,
    },
}

impl TextTransport {
    /// As the path of its delivery receipts names it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::None => "",
            Self::Twilio { .. } => "twilio",
            Self::Esms { .. } => "esms",
        }
    }

    /// The provider's interface; receipts are asked for at our own address.
    pub fn api(&self, public_origin: &str) -> Option<Box<dyn TextApi>> {
        let receipts = format!("{public_origin}/api/v1/sms/{}/receipts", self.name());
        Some(match self.clone() {
            Self::None => return None,
            Self::Twilio { base_url, account_sid, auth_tokens, from } => Box::new(TwilioSender {
                base_url,
                account_sid,
                auth_tokens,
                from,
                receipt_url: Some(receipts),
            }),
            Self::Esms { base_url, api_key, secret_key, brand } => Box::new(EsmsSender {
                base_url,
                api_key,
                secret_key,
                brand,
                receipt_url: Some(receipts),
            }),
        })
    }
}

/// Who brings texts and who takes them.
#[derive(Clone, Default)]
pub struct Texts {
    gateways: Rc<Vec<Gateway>>,
    /// How outgoing texts leave.
    pub transport: TextTransport,
    /// `SMS_TEMPORARY_PASSWORD`.
    pub temporary_password: bool,
}

impl Texts {
    /// Reads the variables; what is wrong is named without its value.
    pub(super) fn load(text: Text<'_>, wrong: &mut Vec<String>) -> Self {
        let named = list(text("SMS_PROVIDERS"));
        let mut gateways = Vec::new();
        // The site's Worker takes texts; the desk's need not carry what reads them.
        if cfg!(any(feature = "site", test)) {
            for name in &named {
                match gateway(name, text) {
                    Ok(gateway) => gateways.push(gateway),
                    Err(why) => wrong.push(why),
                }
            }
        }
        let transport = transport(text).unwrap_or_else(|why| {
            wrong.push(why);
            TextTransport::None
        });
        if transport == TextTransport::None
            && gateways.iter().any(|gateway| !gateway.provider.covers_everything())
        {
            wrong.push("a provider of SMS_PROVIDERS needs SMS_TRANSPORT for its codes".to_owned());
        }
        let temporary_password = match text("SMS_TEMPORARY_PASSWORD").as_deref() {
            None | Some("off") => false,
            Some("on") => true,
            Some(_) => {
                wrong.push("SMS_TEMPORARY_PASSWORD is neither on nor off: taking off".to_owned());
                false
            }
        };
        Self { gateways: Rc::new(gateways), transport, temporary_password }
    }

    /// The provider with this name in the path, where it is configured.
    pub fn gateway(&self, name: &str) -> Option<&Gateway> {
        self.gateways.iter().find(|gateway| gateway.provider.name() == name)
    }
}

/// Everything that a provider needs, or what is missing.
struct Needs<'a> {
    text: Text<'a>,
    missing: Vec<&'static str>,
}

impl Needs<'_> {
    fn one(&mut self, name: &'static str) -> String {
        (self.text)(name).unwrap_or_else(|| {
            self.missing.push(name);
            String::new()
        })
    }

    fn many(&mut self, name: &'static str) -> Vec<String> {
        let found = list((self.text)(name));
        if found.is_empty() {
            self.missing.push(name);
        }
        found
    }

    fn finish<T>(self, value: T, who: &str) -> Result<T, String> {
        if self.missing.is_empty() {
            return Ok(value);
        }
        Err(format!("{who} needs {}: it stays off", self.missing.join(", ")))
    }
}

fn gateway(name: &str, text: Text<'_>) -> Result<Gateway, String> {
    let mut needs = Needs { text, missing: Vec::new() };
    let (provider, prefix): (Box<dyn Provider>, _) = match name {
        "twilio" => (
            Box::new(Twilio {
                auth_tokens: needs.many("TWILIO_AUTH_TOKENS"),
                numbers: needs.many("TWILIO_NUMBERS"),
            }),
            "TWILIO",
        ),
        "esms" => (
            Box::new(Esms {
                cpid: needs.one("ESMS_CPID"),
                key: needs.one("ESMS_PRIVATE_KEY"),
                numbers: needs.many("ESMS_NUMBERS"),
            }),
            "ESMS",
        ),
        "1pay" => (
            Box::new(OnePay {
                access_key: needs.one("ONEPAY_ACCESS_KEY"),
                secret: needs.one("ONEPAY_SECRET"),
                numbers: needs.many("ONEPAY_NUMBERS"),
            }),
            "ONEPAY",
        ),
        _ => return Err("SMS_PROVIDERS names none of twilio, esms, 1pay".to_owned()),
    };
    let variable = format!("{prefix}_SOURCES");
    let sources = text(&variable)
        .map(|networks| AllowList::parse(&networks))
        .transpose()
        .map_err(|_| format!("{variable} is no list of networks: {name} stays off"))?;
    if sources.is_none() && provider.needs_allow_list() {
        return Err(format!("{name} needs {variable}: it stays off"));
    }
    needs.finish(Gateway { provider, sources }, name)
}

fn transport(text: Text<'_>) -> Result<TextTransport, String> {
    let mut needs = Needs { text, missing: Vec::new() };
    let base = |name: &str, default: &str| text(name).unwrap_or_else(|| default.to_owned());
    let transport = match text("SMS_TRANSPORT").as_deref() {
        None | Some("none") => return Ok(TextTransport::None),
        Some("twilio") => TextTransport::Twilio {
            base_url: base("TWILIO_BASE_URL", "https://api.twilio.com"),
            account_sid: needs.one("TWILIO_ACCOUNT_SID"),
            auth_tokens: needs.many("TWILIO_AUTH_TOKENS"),
            from: needs.one("TWILIO_FROM"),
        },
        Some("esms") => TextTransport::Esms {
            base_url: base("ESMS_BASE_URL", "https://rest.esms.vn"),
            api_key: needs.one("ESMS_API_KEY"),
            secret_key: needs.one("ESMS_SECRET_KEY"),
            brand: needs.one("ESMS_BRAND"),
        },
        Some(_) => return Err("SMS_TRANSPORT is none of none, twilio, esms".to_owned()),
    };
    needs.finish(transport, "SMS_TRANSPORT")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(vars: &[(&str, &str)]) -> (Texts, Vec<String>) {
        let mut wrong = Vec::new();
        let text = |name: &str| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        (Texts::load(&text, &mut wrong), wrong)
    }

    const ESMS: [(&str, &str); 4] = [
        ("SMS_PROVIDERS", "esms"),
        ("ESMS_CPID", "1"),
        ("ESMS_PRIVATE_KEY", "hush"),
        ("ESMS_NUMBERS", "8079"),
    ];

    #[test]
    fn nothing_set_means_no_provider_and_no_transport() {
        let (texts, wrong) = load(&[]);
        assert!(["twilio", "esms", "1pay"].iter().all(|name| texts.gateway(name).is_none()));
        assert!(texts.transport == TextTransport::None && !texts.temporary_password);
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn secrets_alone_switch_no_provider_on() {
        assert!(load(&ESMS[1..]).0.gateway("esms").is_none());
    }

    #[test]
    fn a_provider_whose_senders_can_be_forged_is_off_without_a_list_of_sources() {
        let (texts, wrong) = load(&ESMS);
        assert!(texts.gateway("esms").is_none());
        assert_eq!(wrong, ["esms needs ESMS_SOURCES: it stays off"]);
        let (texts, wrong) = load(&[&ESMS[..], &[("ESMS_SOURCES", "203.0.113.0/24")]].concat());
        assert!(texts.gateway("esms").is_some());
        assert_eq!(wrong.len(), 1, "its codes need a transport: {wrong:?}");
    }

    #[test]
    fn a_list_of_sources_that_cannot_be_read_keeps_the_provider_off() {
        let vars = [
            ("SMS_PROVIDERS", "twilio"),
            ("TWILIO_AUTH_TOKENS", "hush"),
            ("TWILIO_NUMBERS", "+84900000000"),
            ("TWILIO_SOURCES", "everywhere"),
        ];
        let (texts, wrong) = load(&vars);
        assert!(texts.gateway("twilio").is_none());
        assert!(wrong[0].starts_with("TWILIO_SOURCES") && !wrong[0].contains("everywhere"));
        assert!(load(&vars[..3]).0.gateway("twilio").is_some());
    }

    #[test]
    fn what_is_missing_is_named_and_no_secret_is_repeated() {
        let (_, wrong) = load(&[
            ("SMS_PROVIDERS", "twilio, pigeon"),
            ("TWILIO_AUTH_TOKENS", "hush"),
            ("SMS_TRANSPORT", "twilio"),
            ("SMS_TEMPORARY_PASSWORD", "perhaps"),
        ]);
        assert_eq!(
            wrong,
            [
                "twilio needs TWILIO_NUMBERS: it stays off",
                "SMS_PROVIDERS names none of twilio, esms, 1pay",
                "SMS_TRANSPORT needs TWILIO_ACCOUNT_SID, TWILIO_FROM: it stays off",
                "SMS_TEMPORARY_PASSWORD is neither on nor off: taking off",
            ]
        );
    }
}
