//! `WebCrypto`: AES-256-GCM and RSA signatures by the platform, not by our own code.

use recovery::desk::{
    access::{RsaKey, Verifier},
    seal::{Sealed, Sealer},
};
use worker::{
    js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array, global},
    wasm_bindgen::{JsCast as _, JsValue},
    wasm_bindgen_futures::JsFuture,
};

/// Calls `crypto.subtle.<name>(…)` and waits for its answer; `None` for any failure.
async fn call(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let crypto = Reflect::get(&global(), &JsValue::from_str("crypto")).ok()?;
    let subtle = Reflect::get(&crypto, &JsValue::from_str("subtle")).ok()?;
    let function: Function =
        Reflect::get(&subtle, &JsValue::from_str(name)).ok()?.dyn_into().ok()?;
    let list: Array = arguments.iter().collect();
    let promise: Promise = Reflect::apply(&function, &subtle, &list).ok()?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

fn object(members: &[(&str, JsValue)]) -> Option<JsValue> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &JsValue::from_str(name), value).ok()?;
    }
    Some(object.into())
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn usages(usage: &str) -> JsValue {
    Array::of1(&JsValue::from_str(usage)).into()
}

/// Keys for sealing cases, the current one first.
pub struct CaseSealer {
    /// Id and 256 bits each.
    pub keys: Vec<(String, [u8; 32])>,
}

impl CaseSealer {
    async fn gcm(
        &self,
        usage: &str,
        key: &[u8; 32],
        nonce: [u8; 12],
        bound_to: &[u8],
        text: &[u8],
    ) -> Option<Vec<u8>> {
        let algorithm = JsValue::from_str("AES-GCM");
        let raw = JsValue::from_str("raw");
        let key =
            call("importKey", &[raw, bytes(key), algorithm.clone(), JsValue::FALSE, usages(usage)])
                .await?;
        let parameters = object(&[
            ("name", algorithm),
            ("iv", bytes(&nonce)),
            ("additionalData", bytes(bound_to)),
        ])?;
        let answer = call(usage, &[parameters, key, bytes(text)]).await?;
        Some(Uint8Array::new(&answer).to_vec())
    }
}

impl Sealer for CaseSealer {
    async fn seal(&self, nonce: [u8; 12], bound_to: &[u8], text: &[u8]) -> Option<Sealed> {
        let (kid, key) = self.keys.first()?;
        let body = self.gcm("encrypt", key, nonce, bound_to, text).await?;
        Some(Sealed { kid: kid.clone(), nonce, body })
    }

    async fn open(&self, bound_to: &[u8], sealed: &Sealed) -> Option<Vec<u8>> {
        let (_, key) = self.keys.iter().find(|(kid, _)| *kid == sealed.kid)?;
        self.gcm("decrypt", key, sealed.nonce, bound_to, &sealed.body).await
    }
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
pub struct Rsa;

impl Verifier for Rsa {
    async fn verify(&self, key: &RsaKey, message: &[u8], signature: &[u8]) -> bool {
        verify(key, message, signature).await == Some(true)
    }
}

async fn verify(key: &RsaKey, message: &[u8], signature: &[u8]) -> Option<bool> {
    let text = |text: &str| JsValue::from_str(text);
    let algorithm = object(&[("name", text("RSASSA-PKCS1-v1_5")), ("hash", text("SHA-256"))])?;
    // Only what verifying needs: whatever else the key set says is left out.
    let jwk = object(&[("kty", text("RSA")), ("n", text(&key.n)), ("e", text(&key.e))])?;
    let key =
        call("importKey", &[text("jwk"), jwk, algorithm.clone(), JsValue::FALSE, usages("verify")])
            .await?;
    let answer = call("verify", &[algorithm, key, bytes(signature), bytes(message)]).await?;
    answer.as_bool()
}
