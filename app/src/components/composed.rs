//! A text message to be sent: to whom, what, and every way to get it into the phone.

use leptos::{html::Div, prelude::*};
use recovery::sms_link::sms_uri;
use web_sys::Event;

use super::{Part, whole};
use crate::{live, words::Words};

/// The text, with a link that opens the phone's messages, a button that copies it, and a picture
/// for another phone's camera.
pub(crate) fn composed(words: &'static Words, number: &'static str, body: &str) -> Part {
    const ID: &str = "noi-dung-tin";
    let say = &words.text;
    let to = number.replace(' ', "");
    let href = sms_uri(live::platform(), &to, body);
    let drawing = live::draw(&to, body);
    let scan = if drawing.is_empty() { "" } else { say.scan };
    let node = NodeRef::<Div>::new();
    let click: Box<dyn FnMut(leptos::ev::MouseEvent)> = Box::new(move |event| {
        if let Some(slot) = node.get_untracked() {
            live::click(&slot, &Event::from(event));
        }
    });
    let body = body.to_owned();
    whole(view! {
        <div node_ref=node on:click=click>
            <p class="composed">
                <span class="composed-label">{say.to}</span>
                <strong class="code big">{number}</strong>
            </p>
            <p class="composed">
                <span class="composed-label">{say.body}</span>
                <strong class="code big" id=ID>{body}</strong>
            </p>
            <p class="buttons">
                <a class="button" href=href rel="external">{say.open}</a>
                <button
                    type="button"
                    class="button button-quiet"
                    data-copy=ID
                    data-done=say.copied
                    data-failed=say.copy_failed
                >
                    {say.copy}
                </button>
            </p>
            <p class="status" role="status" data-said=ID></p>
            <div class="qr">
                <div inner_html=drawing></div>
                <p class="hint">{scan}</p>
            </div>
        </div>
    })
}
