//! An XML element together with the origin of its file, so that every value taken from it is a [`Setting`].

use crate::model::{Origin, Setting};
use crate::source::Span;
use crate::syntax::xml::Element;

/// An element with more others inside is pointed at by its start tag alone: nobody wants a screenful as one label.
/// Counted by elements, so that comments and layout change no finding.
const MOST_ELEMENTS: usize = 6;

/// An element of a written or a vanilla file.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The element.
    pub element: &'a Element,
    /// [`Origin::Written`] or [`Origin::Vanilla`].
    pub origin: Origin,
}

impl<'a> View<'a> {
    /// First child of this name.
    pub fn child(self, name: &str) -> Option<Self> {
        self.element.child(name).map(|element| Self { element, ..self })
    }

    /// First child of this name with this attribute value.
    pub fn child_with(self, name: &str, attribute: &str, value: &str) -> Option<Self> {
        self.element.child_with(name, attribute, value).map(|element| Self { element, ..self })
    }

    /// All children of this name.
    pub fn children(self, name: &'a str) -> impl Iterator<Item = Self> + 'a {
        self.element.children_named(name).map(move |element| Self { element, ..self })
    }

    /// The element reached by first children.
    pub fn descend(self, names: &[&str]) -> Option<Self> {
        self.element.descend(names).map(|element| Self { element, ..self })
    }

    /// The element's own text.
    pub fn text(self) -> Setting {
        Setting::read(&self.element.text, self.origin)
    }

    /// Text of the element reached by first children.
    pub fn leaf(self, names: &[&str]) -> Option<Setting> {
        self.descend(names).map(View::text)
    }

    /// Text of the element reached by first children, unless it is empty, which counts as absent; unknown where secure
    /// vault fills it in (`svns:secretAlias`).
    pub fn value(self, names: &[&str]) -> Option<Setting> {
        let view = self.descend(names)?;
        let text = view.text();
        if view.element.attribute("secretAlias").is_some() {
            return Some(text.with_origin(Origin::Unknown));
        }
        (!text.value.is_empty()).then_some(text)
    }

    /// An attribute.
    pub fn attribute(self, name: &str) -> Option<Setting> {
        self.element.attribute(name).map(|attribute| Setting::read(&attribute.value, self.origin))
    }

    /// What a finding about the element as a whole points at: all of a short element, the start tag of a long one.
    pub fn place(self) -> Span {
        if elements_within(self.element, MOST_ELEMENTS) > MOST_ELEMENTS {
            self.element.start_tag
        } else {
            self.element.span
        }
    }
}

/// The number of elements inside, as far as it is `most` or little more.
fn elements_within(element: &Element, most: usize) -> usize {
    let mut count = 0;
    for child in &element.children {
        count += 1;
        if count > most {
            break;
        }
        count += elements_within(child, most - count);
    }
    count
}
