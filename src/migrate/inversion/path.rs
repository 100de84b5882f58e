//! Paths of settings, taken apart.

/// A path such as `/Server/Service/Connector[@port='9443']/@proxyPort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path<'a> {
    /// The elements from the root on; for other files than XML ones the whole key as one segment.
    pub segments: Vec<Segment<'a>>,
    /// The attribute at its end.
    pub attribute: Option<&'a str>,
}

/// One element of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Its local name.
    pub name: &'a str,
    /// What tells it from its siblings.
    pub predicates: Vec<Predicate<'a>>,
}

/// What tells an element from its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Predicate<'a> {
    /// `[@name='value']`
    Attribute(&'a str, &'a str),
    /// `[name='value']`
    Child(&'a str, &'a str),
    /// `[2]`, counted from 1.
    Position(usize),
}

impl Segment<'_> {
    /// Its place among siblings that nothing else tells apart, from 0.
    pub fn index(&self) -> usize {
        let position = self.predicates.iter().find_map(|predicate| match predicate {
            Predicate::Position(position) => Some(*position),
            _ => None,
        });
        position.unwrap_or(1).saturating_sub(1)
    }
}

impl<'a> Path<'a> {
    /// Takes an XML path apart; nothing for what is none.
    pub fn of_xml(path: &'a str) -> Option<Self> {
        let mut segments: Vec<Segment> =
            steps(path.strip_prefix('/')?).into_iter().map(segment).collect::<Option<_>>()?;
        let attribute = match segments.last() {
            Some(last) => last.name.strip_prefix('@'),
            None => None,
        };
        if attribute.is_some() {
            segments.pop();
        }
        Some(Self { segments, attribute })
    }
}

/// Splits at slashes outside brackets and quotes.
fn steps(path: &str) -> Vec<&str> {
    let (mut quote, mut depth, mut start) = (None, 0_usize, 0);
    let mut steps = Vec::new();
    for (index, letter) in path.char_indices() {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '/') if depth == 0 => {
                steps.extend(path.get(start..index));
                start = index + 1;
            }
            (None, _) => {}
        }
    }
    steps.extend(path.get(start..));
    steps
}

fn segment(step: &str) -> Option<Segment<'_>> {
    let (name, mut rest) = step.split_at_checked(step.find('[').unwrap_or(step.len()))?;
    let mut predicates = Vec::new();
    while let Some(inner) = rest.strip_prefix('[') {
        if let Some((digits, behind)) = inner.split_once(']')
            && let Ok(position) = digits.parse()
        {
            predicates.push(Predicate::Position(position));
            rest = behind;
            continue;
        }
        let (key, value) = inner.split_once('=')?;
        let quote = value.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let (value, behind) = value.get(1..)?.split_once(quote)?;
        predicates.push(match key.strip_prefix('@') {
            Some(attribute) => Predicate::Attribute(attribute, value),
            None => Predicate::Child(key, value),
        });
        rest = behind.strip_prefix(']')?;
    }
    Some(Segment { name, predicates })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_at_slashes_outside_of_brackets() {
        let path = Path::of_xml("/a/b[@url='http://x/y'][2]/c[name=\"it's\"]/@d").unwrap();
        let segment = |name, predicates| Segment { name, predicates };
        assert_eq!(
            path.segments,
            [
                segment("a", vec![]),
                segment("b", vec![Predicate::Attribute("url", "http://x/y"), Predicate::Position(2)]),
                segment("c", vec![Predicate::Child("name", "it's")]),
            ]
        );
        assert_eq!(path.attribute, Some("d"));
        assert_eq!(path.segments[1].index(), 1);
        assert_eq!(Path::of_xml("server.offset"), None);
        assert_eq!(Path::of_xml("/a[b"), None);
    }
}
