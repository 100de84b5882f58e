//! Macros (`MacroTag`, `MacroFunction`): what one is called with, and what a call of it writes.

use super::expression;
use super::interpret::{Defined, Parameter, Renderer};
use super::item::{Held, Item, ListClass, Text};
use super::methods;
use super::raised::Raised;
use super::scan::{Scanner, TokenKind};
use super::tags::{TagText, is_trimmed, trimmed};
use super::tree::{Dialect, Expression, ExpressionKind, Extent, Macro};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// The helpers of a `macro`, cut up.
pub(super) struct Heading {
    pub name: Extent,
    /// The parameters, each with the expression behind its `=`.
    pub parameters: Vec<(Extent, Option<Extent>)>,
}

/// Cuts the helpers of a `macro` (`MacroTag.MACRO_PATTERN`); None where they name none.
pub(super) fn heading(text: &str, helpers: Extent) -> Option<Heading> {
    let content = helpers.of(text);
    let start = content.find(|letter: char| letter.is_ascii_alphabetic() || letter == '_')?;
    let behind = content.get(start..)?;
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let length = behind.find(|letter: char| !is_part(letter)).unwrap_or(behind.len());
    let open = start + behind.find('(')?;
    let close = open + content.get(open..)?.find(')')?;
    let at = |from: usize, to: usize| Extent::new(helpers.start + from, helpers.start + to);
    let parameters = parameters(text, at(open + 1, close));
    Some(Heading { name: at(start, start + length), parameters })
}

/// `MacroTag.populateArgNames`: cut at commas, but for those of a list that is a default.
fn parameters(text: &str, extent: Extent) -> Vec<(Extent, Option<Extent>)> {
    let mut parts = Vec::new();
    let mut start = extent.start;
    for part in extent.of(text).split(',') {
        let part = Extent::new(start, start + part.len());
        start = part.end + 1;
        parts.push(trimmed(text, part, is_trimmed));
    }
    let mut parameters: Vec<(Extent, Option<Extent>)> = Vec::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if let Some((_, Some(default))) = parameters.last_mut()
            && default.of(text).starts_with('[')
            && !default.of(text).ends_with(']')
        {
            default.end = part.end;
            continue;
        }
        parameters.push(match part.of(text).find('=') {
            Some(equals) => {
                let name = Extent::new(part.start, part.start + equals);
                let default = Extent::new(name.end + 1, part.end);
                (trimmed(text, name, is_trimmed), Some(trimmed(text, default, is_trimmed)))
            }
            None => (part, None),
        });
    }
    parameters
}

/// The names of the macros of a template.
pub(super) fn names(text: &str, dialect: Dialect) -> BTreeSet<Arc<str>> {
    if !text.contains("macro") {
        return BTreeSet::new();
    }
    let tags = Scanner::new(text, dialect).filter(|token| token.kind == TokenKind::Tag);
    let tags = tags.filter_map(|token| TagText::read(text, token.extent));
    let headings = tags.filter(|tag| tag.name == "macro").filter_map(|tag| heading(text, tag.helpers));
    headings.map(|heading| heading.name.of(text).into()).collect()
}

/// What a macro is called with.
struct Arguments<'c> {
    /// Those that have a parameter, in the order of the parameters.
    parameters: Vec<Parameter<'c>>,
    /// Those without a name that found no parameter.
    more: Vec<Held<'c>>,
    /// Those with the name of no parameter.
    named: Vec<(Text<'c>, Held<'c>)>,
}

impl<'c> Renderer<'c> {
    /// A macro is there from its tag on, in the scope of its tag.
    pub(super) fn define(&mut self, definition: &Arc<Macro>) -> Result<(), Raised> {
        let mut defaults = Vec::new();
        for (_, default) in &definition.parameters {
            let mark = self.reads.len();
            let held = match default {
                Some(default) => self.resolve(default)?,
                None => Item::Null.into(),
            };
            defaults.push(Parameter { held, reads: self.reads.drain(mark..).collect() });
        }
        self.add_macro(Defined { definition: Arc::clone(definition), defaults });
        Ok(())
    }

    /// `name(…)`: a macro goes before a function of the same name.
    pub(super) fn function(&mut self, name: &str, arguments: &[Expression]) -> Result<Held<'c>, Raised> {
        if let Some(called) = self.macro_of(name) {
            return self.call_macro(&called, arguments);
        }
        if name == "namespace" {
            return self.namespace(arguments);
        }
        if !expression::is_function(name, self.dialect) {
            return Err(Raised::fatal(format!("there is no function `{name}`")));
        }
        let arguments = self.arguments(arguments)?;
        methods::function(name, &arguments, &mut self.arena).map(Held::from)
    }

    fn call_macro(&mut self, called: &Rc<Defined<'c>>, arguments: &[Expression]) -> Result<Held<'c>, Raised> {
        let definition = &called.definition;
        if self.is_in_macro(&definition.name) {
            self.warn(format!("the macro `{}` calls itself", definition.name));
            return Ok(Item::text("").into());
        }
        let Arguments { parameters, more, named } = self.macro_arguments(called, arguments)?;
        let more = self.arena.list(more, ListClass::Plain);
        let named = self.arena.map(named, false);
        let names = definition.parameters.iter().map(|(name, _)| Arc::clone(name));
        let lists = [("kwargs", named), ("varargs", more)]
            .map(|(name, item)| (name.into(), Parameter { held: item.into(), reads: Rc::default() }));
        let variables = names.zip(parameters).chain(lists).collect();
        let written = self.write_macro(definition, variables)?;
        Ok(Item::text(written).into())
    }

    /// `AbstractCallableMethod.evaluate`: from the first argument with a name on, none goes by its place.
    fn macro_arguments(
        &mut self,
        called: &Defined<'c>,
        arguments: &[Expression],
    ) -> Result<Arguments<'c>, Raised> {
        let parameters = called.defaults.clone();
        let mut sorted = Arguments { parameters, more: Vec::new(), named: Vec::new() };
        let mut places = 0..called.defaults.len();
        for argument in arguments {
            let mark = self.reads.len();
            let held = self.value(argument)?;
            let reads = self.reads.get(mark..).unwrap_or_default().into();
            let (place, held) = match (&argument.kind, &held.item) {
                (ExpressionKind::Named(name, _), Item::Named(value)) => {
                    places = 0..0;
                    let known = called.definition.parameters.iter().position(|(known, _)| known == name);
                    if known.is_none() {
                        sorted.named.push((Text::Own(Arc::clone(name)), (**value).clone()));
                        continue;
                    }
                    (known, (**value).clone())
                }
                _ => (places.next(), held),
            };
            match place.and_then(|place| sorted.parameters.get_mut(place)) {
                Some(parameter) => *parameter = Parameter { held, reads },
                None => sorted.more.push(held),
            }
        }
        Ok(sorted)
    }
}
