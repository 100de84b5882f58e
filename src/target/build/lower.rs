//! From the syntax tree of a template to the stream that its text is read from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::formula::Formula;
use super::input::{Choice, Item, Repeat};
use crate::render::jinja::{Branch, Expression, ExpressionKind, Macro, Name, Node, NodeKind, Template};

/// How deep macros may call each other. The ones of a pack call none.
const MAX_CALLS: usize = 4;

/// How many items calls of macros may make. The ones of a pack make some hundred.
const MAX_WRITTEN: usize = 20_000;

/// The items of a template; the error names what cannot be followed.
pub fn items(template: &Template) -> Result<Vec<Item>, String> {
    Lowering::default().list(&template.nodes, &template.text)
}

/// The macros that were passed, and what their parameters are where one is being written.
#[derive(Default)]
struct Lowering {
    macros: BTreeMap<Arc<str>, Arc<Macro>>,
    parameters: BTreeMap<Arc<str>, String>,
    calls: usize,
    /// Items that calls of macros have made.
    written: usize,
}

impl Lowering {
    fn list(&mut self, nodes: &[Node], text: &str) -> Result<Vec<Item>, String> {
        let mut items = Vec::new();
        for node in nodes {
            self.lower(node, text, &mut items)?;
        }
        Ok(items)
    }

    fn lower(&mut self, node: &Node, text: &str, items: &mut Vec<Item>) -> Result<(), String> {
        match &node.kind {
            NodeKind::Literal => items.push(Item::Text(node.extent.of(text).into())),
            NodeKind::Raw(extents) => {
                items.extend(extents.iter().map(|extent| Item::Text(extent.of(text).into())));
            }
            NodeKind::Output(expression) | NodeKind::Print(expression) => {
                match self.called(expression) {
                    Some((called, arguments)) => items.extend(self.write(&called, arguments)?),
                    None => items.push(Item::Hole(self.formula(expression)?)),
                };
            }
            NodeKind::If(branches) => {
                let choices: Vec<Choice> =
                    branches.iter().map(|branch| self.choice(branch, text)).collect::<Result<_, _>>()?;
                items.push(Item::If(choices.into()));
            }
            NodeKind::For(repeat)
                if repeat.names.iter().any(|name| self.parameters.contains_key(&name.text)) =>
            {
                return Err(format!("`{}` is not followed", node.tag.of(text)));
            }
            NodeKind::For(repeat) => items.push(Item::For(
                Repeat {
                    variables: repeat.names.iter().map(|name| name.text.to_string()).collect(),
                    over: self.formula(&repeat.iterable)?,
                    items: self.list(&repeat.body, text)?,
                }
                .into(),
            )),
            NodeKind::Set { names, values } => self.set(names, values, items)?,
            NodeKind::Do(expression) => items.push(Item::Do(self.formula(expression)?)),
            NodeKind::Macro(definition) => {
                self.macros.insert(Arc::clone(&definition.name), Arc::clone(definition));
            }
            NodeKind::Ignored => {}
            NodeKind::SetBlock(_)
            | NodeKind::DoBlock(_)
            | NodeKind::Malformed(_)
            | NodeKind::Unsupported(_) => {
                return Err(format!("`{}` is not followed", node.tag.of(text)));
            }
        }
        Ok(())
    }

    fn choice(&mut self, branch: &Branch, text: &str) -> Result<Choice, String> {
        let condition = branch.condition.as_ref().map(|condition| self.formula(condition)).transpose()?;
        let condition = match condition {
            Some(condition) if branch.negated => Some(condition.negated()?),
            other => other,
        };
        Ok(Choice { condition, items: self.list(&branch.body, text)? })
    }

    fn set(&self, names: &[Name], values: &[Expression], items: &mut Vec<Item>) -> Result<(), String> {
        match (names, values) {
            ([name], [_, ..]) if self.parameters.contains_key(&name.text) => {
                Err(format!("the macro sets its parameter `{}`, which is not followed", name.text))
            }
            ([name], [value, ..]) => {
                items.push(Item::Set(name.text.to_string(), self.formula(value)?));
                Ok(())
            }
            _ => Err("a `set` of several variables is not followed".to_owned()),
        }
    }

    /// The macro that an expression is a call of, and what it is called with.
    fn called<'e>(&self, expression: &'e Expression) -> Option<(Arc<Macro>, &'e [Expression])> {
        let ExpressionKind::Function(name, arguments) = &expression.kind else { return None };
        Some((Arc::clone(self.macros.get(name)?), arguments))
    }

    /// What a call of a macro writes: its body, with the arguments in the place of its parameters.
    fn write(&mut self, called: &Macro, arguments: &[Expression]) -> Result<Vec<Item>, String> {
        let name = &called.name;
        let is_plain = |argument: &Expression| {
            matches!(argument.kind, ExpressionKind::Text(_) | ExpressionKind::Integer(_))
        };
        if arguments.len() != called.parameters.len() || !arguments.iter().all(is_plain) {
            return Err(format!("a call of the macro `{name}` is not followed"));
        }
        if self.calls == MAX_CALLS {
            return Err(format!("the macro `{name}` is called by too many others"));
        }
        let parameters = called.parameters.iter().map(|(name, _)| Arc::clone(name));
        let arguments = arguments.iter().map(|argument| Formula::new(argument.clone()).to_string());
        let outer = std::mem::replace(&mut self.parameters, parameters.zip(arguments).collect());
        self.calls += 1;
        let items = self.list(&called.body, &called.text);
        self.calls -= 1;
        self.parameters = outer;
        let items = items?;
        self.written += items.len();
        if self.written > MAX_WRITTEN {
            return Err("macros write too much".to_owned());
        }
        Ok(items)
    }

    /// A formula over keys and variables; inside of a macro its parameters are what it is called with.
    fn formula(&self, expression: &Expression) -> Result<Formula, String> {
        if self.calls_macro(expression) {
            return Err("a macro within an expression is not followed".to_owned());
        }
        let formula = Formula::new(expression.clone());
        if self.parameters.is_empty() {
            return Ok(formula);
        }
        let given = |part: &Expression| match &part.kind {
            ExpressionKind::Name(name) => self.parameters.get(name).cloned(),
            _ => None,
        };
        let filled = Formula::parse(&formula.reworded(&given))?;
        Ok(Formula::new(filled.expression().clone()))
    }

    fn calls_macro(&self, expression: &Expression) -> bool {
        let mut calls = self.called(expression).is_some();
        if !self.macros.is_empty() {
            expression.for_each_part(&mut |part| calls = calls || self.calls_macro(part));
        }
        calls
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::format;
    use super::super::build;
    use crate::render::jinja::{Dialect, parse};

    fn built(template: &str) -> Result<String, String> {
        build("a.toml", &parse(template, Dialect::V2_7_2)).map(|file| format::write(&file.nodes))
    }

    #[test]
    fn a_call_of_a_macro_is_what_the_macro_writes() {
        let text = "{% macro get(key) %}{%- if tool[key] is defined -%}{{ tool[key] }}{%- endif -%}{% endmacro %}\
                    port = \"{{ get('port') }}\"\n";
        let spelt = "= port = \"\n% if tool['port'] is defined\n  = {{ tool['port'] }}\n= \"\\n\n";
        assert_eq!(built(text), Ok(spelt.to_owned()));
    }

    #[test]
    fn a_macro_that_cannot_be_followed_is_named() {
        let of = |call: &str| {
            built(&format!("{{% macro get(key) %}}{{{{ tool[key] }}}}{{% endmacro %}}{call}")).unwrap_err()
        };
        assert!(of("{{ get(name) }}").contains("`get`"));
        assert!(of("{{ get('a')|upper }}").contains("within an expression"));
        assert!(of("{% if get('a') %}x{% endif %}").contains("within an expression"));
        let own = "{% macro get(key) %}{{ get('a') }}{% endmacro %}{{ get('b') }}";
        assert!(built(own).unwrap_err().contains("too many"));
        let sets = "{% macro get(key) %}{% set key = 'b' %}{{ key }}{% endmacro %}{{ get('b') }}";
        assert!(built(sets).unwrap_err().contains("parameter"));
    }
}
