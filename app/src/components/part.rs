//! What pages are put together from: views without their types.
//!
//! Leptos keeps the whole tree in one type, and compiles drawing, taking over, patching and
//! unmounting anew for every type in it. Its own erasure, `into_any`, keeps all of that and adds
//! the code for asynchronous hydration. Nothing here is hydrated asynchronously (no lazy routes,
//! no suspense), and a page or a step is better replaced than patched, so a [`Part`] can do less
//! and weighs a fraction; `docs/size-log.md` has the figures. Hence also the functions of
//! `basic` and `reactive`: one compiled copy each, whatever they are used for.

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};

/// A view of any type that is drawn, taken over and replaced as a whole.
pub(crate) struct Part(Box<dyn Draw>);

/// Erases a view. It must draw at least one node; [`nothing`] is one.
pub(crate) fn whole(view: impl RenderHtml + 'static) -> Part {
    Part(Box::new(Typed(view)))
}

struct Typed<V>(V);

/// What a part can do without knowing its type.
trait Draw: Send {
    fn build(self: Box<Self>) -> Drawn;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Drawn;
    #[cfg(feature = "ssr")]
    fn to_html(self: Box<Self>, buf: &mut String, position: &mut Position, escape: bool);
}

impl<V: RenderHtml + 'static> Draw for Typed<V> {
    fn build(self: Box<Self>) -> Drawn {
        Drawn(Box::new(self.0.build()))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Drawn {
        Drawn(Box::new(self.0.hydrate::<true>(cursor, position)))
    }

    #[cfg(feature = "ssr")]
    fn to_html(self: Box<Self>, buf: &mut String, position: &mut Position, escape: bool) {
        self.0.to_html_with_buf(buf, position, escape, false, Vec::new());
    }
}

/// A part on the page.
pub(crate) struct Drawn(Box<dyn Mountable>);

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl Render for Part {
    type State = Drawn;

    fn build(self) -> Drawn {
        self.0.build()
    }

    fn rebuild(self, state: &mut Drawn) {
        let mut next = self.0.build();
        state.insert_before_this(&mut next);
        state.unmount();
        *state = next;
    }
}

impl AddAnyAttr for Part {
    type Output<A: Attribute> = Self;

    // Attributes on a component's outside are a feature no page uses.
    fn add_any_attr<A: Attribute>(self, _: A) -> Self {
        self
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    #[cfg(feature = "ssr")]
    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
        self.0.to_html(buf, position, escape);
    }

    // The browser writes no HTML.
    #[cfg(not(feature = "ssr"))]
    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        self.0.hydrate(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// A place where a part may come to stand.
pub(crate) fn nothing() -> Part {
    whole(())
}

/// Parts one after the other; at least one.
pub(crate) fn group(parts: Vec<Part>) -> Part {
    Part(Box::new(Group(parts)))
}

struct Group(Vec<Part>);

struct GroupState(Vec<Drawn>);

impl Mountable for GroupState {
    fn unmount(&mut self) {
        self.0.iter_mut().for_each(Mountable::unmount);
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        for part in &mut self.0 {
            part.mount(parent, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.first().is_some_and(|first| first.insert_before_this(child))
    }

    fn elements(&self) -> Vec<Element> {
        self.0.iter().flat_map(Mountable::elements).collect()
    }
}

impl Draw for Group {
    fn build(self: Box<Self>) -> Drawn {
        let parts = self.0.into_iter().map(Render::build).collect();
        Drawn(Box::new(GroupState(parts)))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Drawn {
        let parts = self.0.into_iter().map(|part| part.0.hydrate(cursor, position)).collect();
        Drawn(Box::new(GroupState(parts)))
    }

    #[cfg(feature = "ssr")]
    fn to_html(self: Box<Self>, buf: &mut String, position: &mut Position, escape: bool) {
        for part in self.0 {
            part.0.to_html(buf, position, escape);
        }
    }
}
