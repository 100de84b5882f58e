//! Evaluates expressions.

use super::filters;
use super::interpret::Renderer;
use super::item::{Elements, Held, Item, List, ListClass, MapEntries, Mapping, Text};
use super::methods;
use super::operators;
use super::paths::Segment;
use super::raised::Raised;
use super::tests_of;
use super::tree::{Binary, Dialect, Expression, ExpressionKind};
use std::sync::Arc;

type Evaluated<'c> = Result<Held<'c>, Raised>;

impl<'c> Renderer<'c> {
    /// The value of an expression, and the read of it noted if it stands in the configuration.
    pub fn value(&mut self, expression: &Expression) -> Evaluated<'c> {
        let held = self.place(expression)?;
        self.count_steps(held.item.weight(&self.arena))?;
        if let Some(path) = held.path {
            self.reads.push(path);
        }
        Ok(held)
    }

    /// The value of an expression from which a member may be taken: only what is taken in the end counts as read.
    fn place(&mut self, expression: &Expression) -> Evaluated<'c> {
        self.enter_expression()?;
        let held = self.evaluate(expression);
        self.leave_expression();
        held
    }

    fn evaluate(&mut self, expression: &Expression) -> Evaluated<'c> {
        match &expression.kind {
            ExpressionKind::Blank | ExpressionKind::Null => Ok(Item::Null.into()),
            ExpressionKind::Invalid(reason) => Err(Raised::fatal(reason.clone())),
            ExpressionKind::Unsupported(reason) => Err(Raised::unsupported(reason.clone())),
            ExpressionKind::Bool(value) => Ok(Item::Bool(*value).into()),
            ExpressionKind::Integer(value) => Ok(Item::Long(*value).into()),
            ExpressionKind::Double(value) => Ok(Item::Double(*value).into()),
            ExpressionKind::Text(text) => Ok(Item::Text(Text::Own(Arc::clone(text))).into()),
            ExpressionKind::List(elements) => self.list(elements, ListClass::Wrapped),
            ExpressionKind::Tuple(elements) => self.list(elements, ListClass::Tuple),
            ExpressionKind::Map(entries) => self.map(entries),
            ExpressionKind::Name(name) => Ok(self.variable(name)),
            ExpressionKind::Member(object, name) => self.member(object, name),
            ExpressionKind::Index(object, index) => self.index(object, index),
            ExpressionKind::Slice(object, from, to) => self.slice(object, from.as_deref(), to.as_deref()),
            ExpressionKind::Method(object, name, arguments) => self.method(object, name, arguments),
            ExpressionKind::Function(name, arguments) => self.function(name, arguments),
            ExpressionKind::Filter(input, name, arguments) => self.filter(input, name, arguments),
            ExpressionKind::Test { input, name, negated, argument } => {
                self.test(input, name, *negated, argument.as_deref())
            }
            ExpressionKind::Unary(operator, operand) => {
                let operand = self.value(operand)?;
                operators::unary(*operator, &operand.item, &self.arena, self.dialect).map(Held::from)
            }
            ExpressionKind::Binary(operator, left, right) => self.binary(*operator, left, right),
            ExpressionKind::Choice { condition, then, otherwise } => {
                let condition = self.value(condition)?;
                match (self.is_true(&condition.item), otherwise) {
                    (true, _) => self.place(then),
                    (false, Some(otherwise)) => self.place(otherwise),
                    (false, None) => Ok(Item::Null.into()),
                }
            }
            ExpressionKind::Named(_, value) => Ok(Item::Named(std::rc::Rc::new(self.value(value)?)).into()),
        }
    }

    pub fn is_true(&self, item: &Item<'c>) -> bool {
        item.is_true(&self.arena, self.dialect)
    }

    fn list(&mut self, elements: &[Expression], class: ListClass) -> Evaluated<'c> {
        let elements = elements.iter().map(|element| self.value(element)).collect::<Result<_, _>>()?;
        Ok(self.arena.list(elements, class).into())
    }

    fn map(&mut self, entries: &[(Expression, Expression)]) -> Evaluated<'c> {
        let mut map: Vec<(Text<'c>, Held<'c>)> = Vec::new();
        for (key, value) in entries {
            let (ExpressionKind::Text(name) | ExpressionKind::Name(name)) = &key.kind else {
                return Err(Raised::fatal("a key of a map is neither a string nor a name"));
            };
            let value = self.value(value)?;
            match map.iter_mut().find(|(known, _)| known.as_str() == &**name) {
                Some((_, slot)) => *slot = value,
                None => map.push((Text::Own(Arc::clone(name)), value)),
            }
        }
        Ok(self.arena.map(map, true).into())
    }

    /// `namespace(a=1)`: a map whose entries `set` may change from within a loop.
    pub(super) fn namespace(&mut self, arguments: &[Expression]) -> Evaluated<'c> {
        let mut entries: Vec<(Text<'c>, Held<'c>)> = Vec::new();
        for argument in arguments {
            let held = self.value(argument)?;
            match (&argument.kind, held.item) {
                (ExpressionKind::Named(name, _), Item::Named(value)) if !value.item.is_null() => {
                    entries.push((Text::Own(Arc::clone(name)), (*value).clone()));
                }
                (_, Item::Map(_)) => {
                    let reason = "this renderer makes a namespace of named arguments only";
                    return Err(Raised::unsupported(reason));
                }
                _ => {}
            }
        }
        Ok(self.arena.namespace(entries).into())
    }

    pub(super) fn arguments(&mut self, arguments: &[Expression]) -> Result<Vec<Held<'c>>, Raised> {
        arguments.iter().map(|argument| self.value(argument)).collect()
    }

    fn member(&mut self, object: &Expression, name: &Arc<str>) -> Evaluated<'c> {
        let object = self.place(object)?;
        let path = self.paths.below(object.path, Segment::Name(Arc::clone(name)));
        let mut held = self.property(&object, name)?;
        held.path = path.or(held.path);
        Ok(held)
    }

    fn index(&mut self, object: &Expression, index: &Expression) -> Evaluated<'c> {
        let object = self.place(object)?;
        if object.item.is_null() {
            return Ok(object);
        }
        let index = self.value(index)?.item;
        if index.is_null() {
            return Ok(Item::Null.into());
        }
        let name = self.index_name(&object.item, &index)?;
        let segment = match (&object.item, name.parse::<i64>()) {
            (Item::List(list), Ok(at)) => {
                let from_end = if at < 0 { list.len(&self.arena) as i64 } else { 0 };
                Segment::Index(usize::try_from(at + from_end).unwrap_or(0))
            }
            _ => Segment::Name(Arc::from(name.as_str())),
        };
        let path = self.paths.below(object.path, segment);
        let mut held = self.property(&object, &name)?;
        held.path = path.or(held.path);
        Ok(held)
    }

    /// An index as text, which is how Java hands it on; since 2.5 a negative number counts from the end of an array.
    fn index_name(&self, object: &Item<'c>, index: &Item<'c>) -> Result<String, Raised> {
        if let (Item::List(list), Item::Int(_) | Item::Long(_), Some(at)) = (object, index, index.int_value())
            && list.class == ListClass::Array
            && self.dialect >= Dialect::V2_6_0
        {
            let at = i64::from(at);
            let from_end = if at < 0 { list.len(&self.arena) as i64 } else { 0 };
            return Ok((at + from_end).to_string());
        }
        Ok(index.to_text(&self.arena)?.into_owned())
    }

    /// `JinjavaInterpreterResolver.getValue`.
    pub fn property(&mut self, object: &Held<'c>, name: &str) -> Evaluated<'c> {
        let found = match &object.item {
            Item::Null => return Ok(Item::Null.into()),
            Item::Map(map) => map.entries.get(name, &self.arena).unwrap_or(Item::Null.into()),
            Item::List(list) => match self.list_index(list, name)? {
                Some(at) => list.get(at, &self.arena),
                None => return Ok(self.unknown_property(&object.item, name)),
            },
            Item::Turn(turn) => match methods::loop_property(turn, name) {
                Some(item) => item.into(),
                None => return Ok(self.unknown_property(&object.item, name)),
            },
            Item::Entry(entry) => match name {
                "key" => Item::Text(entry.0.clone()).into(),
                "value" => entry.1.clone(),
                _ => return Ok(self.unknown_property(&object.item, name)),
            },
            Item::Entries(entries) if name == "empty" => Item::Bool(entries.len(&self.arena) == 0).into(),
            Item::Text(text) => match name {
                "empty" => Item::Bool(text.as_str().is_empty()).into(),
                "blank" => Item::Bool(text.as_str().trim().is_empty()).into(),
                "bytes" => {
                    return Err(Raised::unsupported("this renderer does not know the bytes of a string"));
                }
                _ => return Ok(self.unknown_property(&object.item, name)),
            },
            other => return Ok(self.unknown_property(other, name)),
        };
        Ok(Held { item: found.item.wrapped(), path: found.path })
    }

    fn unknown_property(&mut self, object: &Item<'c>, name: &str) -> Held<'c> {
        self.warn(format!("{} has no `{name}`", object.describe()));
        Item::Null.into()
    }

    /// Which element a property names; None where it names none, and no element if it is out of range.
    fn list_index(&self, list: &List<'c>, name: &str) -> Result<Option<usize>, Raised> {
        let numeric = name.chars().all(|digit| digit.is_numeric() || digit == '-');
        let parsed = match name.parse::<i32>() {
            Ok(parsed) if numeric || self.dialect < Dialect::V2_6_0 => parsed,
            _ if list.class == ListClass::Array => {
                return Err(Raised::fatal(format!("`{name}` is no index of a Java array")));
            }
            _ => return Ok(None),
        };
        let length = i64::try_from(list.len(&self.arena)).unwrap_or(i64::MAX);
        let counts_from_end = parsed < 0 && list.class != ListClass::Array;
        let at = i64::from(parsed) + if counts_from_end { length } else { 0 };
        Ok(Some(usize::try_from(at).unwrap_or(usize::MAX)))
    }

    fn slice(
        &mut self,
        object: &Expression,
        from: Option<&Expression>,
        to: Option<&Expression>,
    ) -> Evaluated<'c> {
        let object = self.value(object)?;
        if let Item::Text(text) = &object.item {
            return self.slice_of_text(text, from, to);
        }
        if object.item.is_null() {
            return Err(Raised::ignored("a part is taken of something that is not there"));
        }
        let array = matches!(&object.item, Item::List(list) if list.class == ListClass::Array);
        let Some(elements) =
            operators::collection(&object.item, &self.arena).or_else(|| match &object.item {
                Item::List(list) if array => {
                    Some((0..list.len(&self.arena)).map(|at| list.get(at, &self.arena)).collect())
                }
                _ => None,
            })
        else {
            return Err(Raised::fatal(format!("a part is taken of {}", object.item.describe())));
        };
        if self.dialect < Dialect::V2_6_0 && (from.is_none() || to.is_none()) {
            return Err(Raised::fatal("a part of a list has no beginning or no end"));
        }
        let length = elements.len() as i64;
        let Some(mut start) = self.bound(from, 0)? else {
            return Ok(self.arena.list(Vec::new(), ListClass::Plain).into());
        };
        let Some(mut end) = self.bound(to, length)? else {
            return Ok(self.arena.list(Vec::new(), ListClass::Plain).into());
        };
        if self.dialect >= Dialect::V2_6_0 {
            start += if start < 0 { length } else { 0 };
            end += if end < 0 { length } else { 0 };
        }
        let part =
            elements.into_iter().enumerate().filter(|(at, _)| (*at as i64) >= start && (*at as i64) < end);
        let mut part: Vec<(usize, Held<'c>)> = part.collect();
        for (at, held) in &mut part {
            held.path = self.paths.below(object.path, Segment::Index(*at)).or(held.path);
        }
        let part = part.into_iter().map(|(_, held)| held).collect();
        Ok(self.arena.list(part, ListClass::Wrapped).into())
    }

    /// An end of a slice of a list; None where it is null.
    fn bound(&mut self, expression: Option<&Expression>, default: i64) -> Result<Option<i64>, Raised> {
        let Some(expression) = expression else { return Ok(Some(default)) };
        match self.value(expression)?.item {
            Item::Null => Ok(None),
            other => match other.int_value() {
                Some(bound) => Ok(Some(i64::from(bound))),
                None => Err(Raised::fatal(format!("{} is the end of a part", other.describe()))),
            },
        }
    }

    fn slice_of_text(
        &mut self,
        text: &Text<'c>,
        from: Option<&Expression>,
        to: Option<&Expression>,
    ) -> Evaluated<'c> {
        let units: Vec<u16> = text.as_str().encode_utf16().collect();
        let length = units.len() as i64;
        if length == 0 && self.dialect >= Dialect::V2_7_2 {
            return Ok(Item::Text(text.clone()).into());
        }
        let from_end = |at: i64| if at < 0 { at + length } else { at };
        let start = from_end(self.bound(from, 0)?.unwrap_or(0));
        let end = from_end(self.bound(to, length)?.unwrap_or(length)).min(length);
        if start > end {
            return Ok(Item::text("").into());
        }
        let part = usize::try_from(start).ok().zip(usize::try_from(end).ok());
        let part = part.and_then(|(start, end)| units.get(start..end));
        let part = part.ok_or_else(|| Raised::fatal("a part of a string begins before the string"))?;
        Ok(Item::text(String::from_utf16_lossy(part)).into())
    }

    fn method(&mut self, object: &Expression, name: &str, arguments: &[Expression]) -> Evaluated<'c> {
        let object = self.place(object)?;
        if object.item.is_null() {
            return Ok(object);
        }
        let arguments = self.arguments(arguments)?;
        let called = self.call(&object, name, &arguments)?;
        if called.path.is_none() {
            self.reads.extend(object.path);
        }
        Ok(called)
    }

    fn filter(&mut self, input: &Expression, name: &str, arguments: &[Expression]) -> Evaluated<'c> {
        if !filters::is_known(name, self.dialect) {
            self.warn(format!("there is no filter `{name}`"));
            return Ok(Item::Null.into());
        }
        let input = self.value(input)?;
        let arguments = self.arguments(arguments)?;
        self.apply_filter(&input, name, &arguments)
    }

    fn test(
        &mut self,
        input: &Expression,
        name: &str,
        negated: bool,
        argument: Option<&Expression>,
    ) -> Evaluated<'c> {
        if !tests_of::is_known(name, self.dialect) {
            self.warn(format!("there is no test `{name}`"));
            return Ok(Item::Null.into());
        }
        let input = self.value(input)?;
        let argument = argument.map(|argument| self.value(argument)).transpose()?;
        if name == "sameas" && argument.as_ref().is_some_and(|argument| self.is_same_number(&input, argument))
        {
            return Ok(Item::Bool(!negated).into());
        }
        let holds =
            tests_of::holds(name, &input.item, argument.map(|held| held.item), &self.arena, self.dialect)?;
        Ok(Item::Bool(holds != negated).into())
    }

    /// Whether two numbers are the same object of the configuration.
    fn is_same_number(&self, one: &Held<'c>, two: &Held<'c>) -> bool {
        let Some((left, right)) = one.path.zip(two.path) else { return false };
        one.item.int_value().is_some() && self.paths.resolve(left) == self.paths.resolve(right)
    }

    fn binary(&mut self, operator: Binary, left: &Expression, right: &Expression) -> Evaluated<'c> {
        let left = self.value(left)?;
        match operator {
            Binary::Or if self.is_true(&left.item) => Ok(left),
            Binary::Or => self.place(right),
            Binary::And => {
                let both = self.is_true(&left.item) && {
                    let right = self.value(right)?;
                    self.is_true(&right.item)
                };
                Ok(Item::Bool(both).into())
            }
            _ => {
                let right = self.value(right)?;
                operators::binary(operator, &left, &right, &mut self.arena, self.dialect).map(Held::from)
            }
        }
    }

    /// The elements that a `for` or a filter iterates (`ObjectIterator.getLoop`).
    pub fn iterated(&mut self, held: &Held<'c>) -> Vec<Held<'c>> {
        match &held.item {
            Item::Null => Vec::new(),
            Item::List(list) => {
                let from_context = matches!(list.elements, Elements::Context(_));
                let mut elements: Vec<Held<'c>> =
                    (0..list.len(&self.arena)).map(|at| list.get(at, &self.arena)).collect();
                if from_context && held.path.is_some() {
                    for (at, element) in elements.iter_mut().enumerate() {
                        element.path = self.paths.below(held.path, Segment::Index(at));
                    }
                }
                elements
            }
            Item::Map(Mapping { entries, .. }) => {
                self.entries_with_paths(*entries, held).into_iter().map(|(_, value)| value).collect()
            }
            Item::Entries(entries) => {
                let entries = self.entries_with_paths(*entries, held);
                entries.into_iter().map(|entry| Item::Entry(std::rc::Rc::new(entry)).into()).collect()
            }
            _ => vec![held.clone()],
        }
    }

    fn entries_with_paths(&mut self, entries: MapEntries<'c>, held: &Held<'c>) -> Vec<(Text<'c>, Held<'c>)> {
        let mut all = entries.all(&self.arena);
        if held.path.is_some() {
            for (key, value) in &mut all {
                let segment = match key {
                    Text::Context(key) => Segment::Key(key),
                    Text::Own(key) => Segment::Name(Arc::clone(key)),
                };
                value.path = self.paths.below(held.path, segment);
            }
        }
        all
    }
}
