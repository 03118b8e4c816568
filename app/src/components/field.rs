//! One labelled input with its hint and error.

use leptos::{
    ev::{Event, FocusEvent},
    html::Input,
    prelude::*,
};

use super::{Form, Part, Started, action, attr, dynamic, effect, flag, nothing, text, whole};
use crate::browser;

/// Which of the contract's fields it is; decides keyboard, autofill and shape.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Identifier,
    Email,
    Code,
    /// The code of a text message, with the characters that find its recovery.
    TextCode,
    NewPassword,
    CurrentPassword,
}

impl Kind {
    /// The field's name in form and contract, and its id.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Email => "email",
            Self::Code => "code",
            Self::TextCode => "text-code",
            Self::NewPassword | Self::CurrentPassword => "password",
        }
    }

    const fn autocomplete(self) -> &'static str {
        match self {
            Self::Identifier => "username",
            Self::Email => "email",
            Self::Code | Self::TextCode => "one-time-code",
            Self::NewPassword => "new-password",
            Self::CurrentPassword => "current-password",
        }
    }

    const fn input_type(self) -> &'static str {
        match self {
            Self::Identifier | Self::Code | Self::TextCode => "text",
            Self::Email => "email",
            Self::NewPassword | Self::CurrentPassword => "password",
        }
    }

    const fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Email => Some("email"),
            _ => None,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Code | Self::TextCode => "input input-code",
            _ => "input",
        }
    }

    const fn is_password(self) -> bool {
        matches!(self, Self::NewPassword | Self::CurrentPassword)
    }
}

/// A field and what was typed into it.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub kind: Kind,
    pub value: RwSignal<String>,
}

impl Field {
    /// A field over a signal that may outlive the page.
    pub(crate) const fn new(kind: Kind, value: RwSignal<String>) -> Self {
        Self { kind, value }
    }

    /// What stands in the field now. The page is asked, not the signal: password managers and
    /// in-app browsers fill fields in without telling anyone.
    pub(crate) fn read(self) -> String {
        if let Some(value) = browser::field_value(self.kind.name()) {
            self.value.set(value);
        }
        self.value.get_untracked()
    }
}

/// Draws a field. `touched` is called at the first sign of life.
pub(crate) fn field(
    form: Form,
    field: Field,
    label: &'static str,
    hint: &'static str,
    touched: impl Fn() + Clone + 'static,
) -> Part {
    let on_focus = touched.clone();
    let value = field.value;
    let on_input: Box<dyn FnMut(Event)> = Box::new(move |event| {
        value.set(event_target_value(&event));
        touched();
    });
    draw(form, field, label, hint, on_input, Box::new(move |_| on_focus()))
}

fn draw(
    form: Form,
    Field { kind, value }: Field,
    label: &'static str,
    hint: &'static str,
    on_input: Box<dyn FnMut(Event)>,
    on_focus: Box<dyn FnMut(FocusEvent)>,
) -> Part {
    let name = kind.name();
    let node = NodeRef::<Input>::new();
    let revealed = RwSignal::new(false);
    let begun = Started::now();
    effect(move || {
        let Some(input) = node.get() else { return };
        let typed = input.value();
        // What was typed before the page worked wins; a page drawn later shows what is known.
        if !typed.is_empty() {
            value.set(typed);
        } else if begun {
            input.set_value(&value.get_untracked());
        }
    });
    let hint_id = [name, "-hint"].concat();
    let described = attr(move || {
        let error = form.error_of(name).map(|_| "-error");
        let hint = (!hint.is_empty()).then_some("-hint");
        let ids: Vec<String> =
            hint.into_iter().chain(error).map(|part| [name, part].concat()).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    });
    let error = dynamic(move || match form.error_of(name) {
        None => nothing(),
        Some(text) => whole(view! {
            <p class="field-error" id=[name, "-error"].concat()>
                <span class="visually-hidden">{form.words.common.error} " "</span>
                {text}
            </p>
        }),
    });
    let input_type =
        attr(move || Some(if revealed.get() { "text" } else { kind.input_type() }.to_owned()));
    // The attribute has no meaning on email and password inputs, but a revealed password is text.
    let capitals = attr(move || {
        let value = match kind.input_type() {
            "email" => return None,
            "password" if !revealed.get() => return None,
            _ if matches!(kind, Kind::Code | Kind::TextCode) => "characters",
            _ => "none",
        };
        Some(value.to_owned())
    });
    let hint = if hint.is_empty() {
        nothing()
    } else {
        whole(view! { <p class="hint" id=hint_id>{hint}</p> })
    };
    let reveal = if kind.is_password() { reveal(form, revealed) } else { nothing() };
    whole(view! {
        <div class="field" data-invalid=flag(move || form.error_of(name).is_some())>
            <label class="field-label" for=name>{label}</label>
            {hint}
            {error}
            <input
                class=kind.class()
                id=name
                name=name
                type=input_type
                autocomplete=kind.autocomplete()
                inputmode=kind.input_mode()
                autocapitalize=capitals
                spellcheck="false"
                aria-describedby=described
                aria-invalid=flag(move || form.error_of(name).is_some())
                node_ref=node
                on:focus=on_focus
                on:input=on_input
            />
            {reveal}
        </div>
    })
}

/// The switch between dots and letters.
fn reveal(form: Form, revealed: RwSignal<bool>) -> Part {
    let common = &form.words.common;
    let label =
        text(move || if revealed.get() { common.conceal } else { common.reveal }.to_owned());
    action("button button-quiet reveal", label, move |_| {
        revealed.update(|revealed| *revealed = !*revealed);
    })
}
