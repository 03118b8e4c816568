//! Letters: mail that is handed to the desk's Worker. The rules are `recovery::desk::inbox`; nothing
//! of a letter is logged, and nobody is answered.

use futures_util::StreamExt as _;
use recovery::desk::{
    Desk,
    inbox::{
        Charsets, mime,
        receive::{Envelope, NotTaken, Received, Reject},
    },
};
use worker::{
    Env, ForwardableEmailMessage,
    js_sys::{Array, Function, Reflect, Uint8Array, global},
    wasm_bindgen::{JsCast as _, JsValue},
};

use crate::{
    host::WorkerHost,
    isolate::Isolate,
    log::{Level, Line},
};

/// Tells `entry.js` that the handing server should try again: a refusal would be for good.
const LATER: &str = "later";

/// The character sets of the engine.
struct Engine;

impl Charsets for Engine {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        let decoder: Function =
            Reflect::get(&global(), &JsValue::from_str("TextDecoder")).ok()?.dyn_into().ok()?;
        // Throws where no such set is known.
        let decoder = Reflect::construct(&decoder, &Array::of1(&JsValue::from_str(label))).ok()?;
        let decode: Function =
            Reflect::get(&decoder, &JsValue::from_str("decode")).ok()?.dyn_into().ok()?;
        decode.call1(&decoder, &Uint8Array::from(bytes)).ok()?.as_string()
    }
}

/// One letter.
pub async fn receive(message: &ForwardableEmailMessage, env: &Env) {
    let outcome = match take(message, env).await {
        Ok(Received::Kept(_)) => "kept",
        Ok(Received::Repeated) => "repeated",
        Ok(Received::Automatic) => "automatic",
        Err(NotTaken::Rejected(reject)) => {
            message.set_reject(reject.words());
            match reject {
                Reject::Unknown => "unknown-address",
                Reject::TooLarge => "too-large",
                Reject::Empty | Reject::Buried => "empty",
                Reject::TooMany => "too-many",
            }
        }
        Err(NotTaken::Later(why)) => {
            Line::new(Level::Error, "letter-not-taken").with("why", format!("{why:?}")).write();
            let _ = Reflect::set(message, &JsValue::from_str(LATER), &JsValue::TRUE);
            return;
        }
    };
    Line::new(Level::Info, "letter").with("outcome", outcome).write();
}

async fn take(message: &ForwardableEmailMessage, env: &Env) -> Result<Received, NotTaken> {
    let isolate = Isolate::get(env);
    let config = &isolate.config;
    if config.letter_domain.is_empty() {
        return Err(Reject::Unknown.into());
    }
    let later =
        |why: &str| NotTaken::Later(recovery::flow::Refusal::Unavailable(why.to_owned()).into());
    if !config.channel_on("desk") {
        return Err(later("the desk is switched off"));
    }
    let host = WorkerHost::open(env, config).map_err(|why| NotTaken::Later(why.into()))?;
    let desk = Desk::new(&host);
    let (from, to) = (message.from(), message.to());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size in bytes; what is no size becomes the nearest one"
    )]
    let size = message.raw_size() as u64;
    let envelope = Envelope { from: &from, to: &to, size };
    let office = desk.letter_office(&envelope).await?;
    let most = desk.letter_bytes();
    let (bytes, whole) = read(message, most).await.ok_or_else(|| later("the letter broke off"))?;
    let mail = mime::read(&bytes, &Engine);
    desk.receive_letter(&office, &envelope, &mail, whole).await
}

/// The first `most` bytes, and whether they are all.
async fn read(message: &ForwardableEmailMessage, most: usize) -> Option<(Vec<u8>, bool)> {
    let mut stream = message.raw_byte_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.ok()?;
        let left = most - bytes.len();
        if let Some(head) = chunk.get(..left).filter(|head| head.len() < chunk.len()) {
            bytes.extend_from_slice(head);
            return Some((bytes, false));
        }
        bytes.extend_from_slice(&chunk);
    }
    Some((bytes, true))
}
