//! eSMS.vn, short codes (8079 among them): a GET, an MD5, an answer in XML.
//!
//! After eSMS's page *Kết nối đầu số ngắn* (developers.esms.vn): parameters `sender`, `content`,
//! `serviceNumber`, `keyword`, `sign`, `cpid`, `smsid`, `receiverTime`; `sign` is the hex of
//! MD5(cpid ‖ smsid ‖ content ‖ receiverTime ‖ key); `receiverTime` is `yyyyMMddHHmmss`. The page
//! names no time zone; it is taken as Vietnam's, UTC+7.
//!
//! Weak, and nothing in the code can mend it (ASVS 11.4.1 forbids MD5 for this):
//!
//! - the sender is not covered: whoever has seen one signed address can put any number into it;
//! - the key comes last in a plain MD5; no HMAC;
//! - the fields are joined without a mark, so that the end of `smsid` and the beginning of
//!   `content` can be exchanged;
//! - phone number and text stand in the address, where logs and proxies see them.
//!
//! What compensates: a list of source addresses, without which this provider cannot be configured;
//! the code goes out by a text message of its own, never in the answer, so that a forged request
//! shows its sender nothing; `cpid` and `receiverTime` have fixed lengths and values, `smsid` holds
//! no spaces and `content` must begin with `BH`, which leaves no second reading that does anything;
//! the message id is stored with its first sender and text, and another with the same id is
//! answered by silence; the age is limited.

use md5::{Digest as _, Md5};

use super::{HttpReply, Incoming, Method, Names, Provider, Rejected, RequestParts};
use super::{from_query, instant, query, same_hex, xml};
use crate::sms::gsm::Segment;

/// eSMS.vn, incoming on a short code.
pub struct Esms {
    /// `CPID`, given by eSMS.
    pub cpid: String,
    /// `PrivateKey`, given by eSMS.
    pub key: String,
    /// Our short codes, such as `8079`; a text to another is refused.
    pub numbers: Vec<String>,
}

const NAMES: Names = Names {
    to: "serviceNumber",
    id: "smsid",
    time: "receiverTime",
    from: "sender",
    body: "content",
};

/// Vietnam's offset from UTC, in seconds.
const OFFSET: i64 = 7 * 3_600;

/// eSMS's signature over the joined fields.
fn signature(parts: &[&str]) -> [u8; 16] {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

impl Provider for Esms {
    fn name(&self) -> &'static str {
        "esms"
    }

    fn method(&self) -> Method {
        Method::Get
    }

    fn covers_everything(&self) -> bool {
        false
    }

    fn reply_is_charged(&self) -> bool {
        false
    }

    fn receive(&self, request: &RequestParts<'_>) -> Result<Incoming, Rejected> {
        let params = query(request)?;
        let (cpid, smsid) = (params.get("cpid")?, params.get("smsid")?);
        let (content, time) = (params.get("content")?, params.get("receiverTime")?);
        let expected = signature(&[cpid, smsid, content, time, &self.key]);
        let known = !self.key.is_empty() && cpid == self.cpid;
        if !(same_hex(params.get("sign")?, &expected) && known) {
            return Err(Rejected::Signature);
        }
        let here = |time: &str| Some(instant(time)? - OFFSET);
        from_query(self.name(), &params, &NAMES, &self.numbers, here)
    }

    fn reply(&self, incoming: Option<&Incoming>, text: Option<&Segment>) -> HttpReply {
        let message = text.map_or(String::new(), |text| xml(text.as_str()));
        let id = incoming.map_or(String::new(), |incoming| xml(&incoming.message_id));
        // As it came: international, without a plus.
        let to = incoming.map_or("", |incoming| incoming.from.e164().trim_start_matches('+'));
        let body = format!(
            "<ClientResponse><Message>{message}</Message><Smsid>{id}</Smsid>\
             <Receiver>{to}</Receiver></ClientResponse>"
        );
        HttpReply { content_type: "text/xml; charset=utf-8", body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_of_the_hash() {
        let hash = signature(&["abcdef", "1234", "xyz", "17417a0d20114d36a902e49cad0e97f3"]);
        assert!(same_hex("3bce677365c1c8e8539bc6bcb76ad828", &hash));
    }
}
