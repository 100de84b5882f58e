"""Reads the conditions of templates: which keys they read, and what it takes to make them true or false."""

import re
from dataclasses import dataclass, field
from typing import Protocol

TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[<>()\[\].,|+!*/-]))"
)

ENTRY = "[]"  # an element of a list, as a step of a path
ANY = "*"  # the value of any key of a map
KEY = "@key"  # the name of any key of a map
LENGTH = "@length"
# What made entries of maps are called, so that what looks them up by a value finds them.
NAMES = ("one", "two.three", "four")

Key = tuple[str, ...]


class Absent:
    """A key that must not be given."""

    def __repr__(self) -> str:
        return "ABSENT"


class Sample:
    """Any value that suits the key."""

    def __repr__(self) -> str:
        return "SAMPLE"


ABSENT, SAMPLE = Absent(), Sample()
# What a condition takes: alternatives, each a value by key.
Wishes = list[dict[Key, object]]


class Notes(Protocol):
    """Where an expression writes down which keys it reads, and what they are compared with."""

    reads: set[Key]
    literals: dict[Key, list[object]]
    lists: set[Key]
    called: set[Key]


def either(left: Wishes, right: Wishes) -> Wishes:
    """Alternatives of both; few are enough."""
    return (left + right)[:6]


def both(left: Wishes, right: Wishes) -> Wishes:
    """Each pair of alternatives that do not contradict each other."""
    joined = []
    for one in left:
        for other in right:
            if all(_agree(one[key], other[key]) for key in one.keys() & other.keys()):
                merged = dict(one)
                merged.update(
                    (key, value) for key, value in other.items() if merged.get(key, SAMPLE) is SAMPLE
                )
                joined.append(merged)
    return joined[:6]


def _agree(one: object, other: object) -> bool:
    if one is SAMPLE or other is SAMPLE:
        return one is not ABSENT and other is not ABSENT
    return type(one) is type(other) and one == other


@dataclass
class Operand:
    """A key, a literal or something computed, with the filters and calls behind it."""

    key: Key | None = None
    literal: object = None
    has_literal: bool = False
    extras: list[str] = field(default_factory=list)


class Expression:
    """Reads an expression of a tag; answers with what it takes to be true and to be false."""

    def __init__(self, text: str, scope: dict[str, Key | None], found: Notes):
        self.tokens = [(match.lastgroup, match.group(match.lastgroup)) for match in TOKEN.finditer(text)]
        self.at = 0
        self.scope = scope
        self.found = found

    def peek(self) -> str | None:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else None

    def take(self, *words: str) -> str | None:
        if self.peek() in words:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def condition(self) -> tuple[Wishes, Wishes]:
        """What makes the expression true, what makes it false."""
        true, false = self.conjunction()
        while self.take("or", "||"):
            more_true, more_false = self.conjunction()
            true, false = either(true, more_true), both(false, more_false)
        return true, false

    def conjunction(self) -> tuple[Wishes, Wishes]:
        true, false = self.negation()
        while self.take("and", "&&"):
            more_true, more_false = self.negation()
            true, false = both(true, more_true), either(both(true, more_false), false)
        return true, false

    def negation(self) -> tuple[Wishes, Wishes]:
        if self.take("not", "!"):
            true, false = self.negation()
            return false, true
        if self.peek() == "(":
            self.at += 1
            answer = self.condition()
            self.take(")")
            return answer
        return self.comparison()

    def comparison(self) -> tuple[Wishes, Wishes]:
        left = self.operand()
        if self.take("is"):
            negated = self.take("not") is not None
            true, false = self.test(left, self.take_any())
            return (false, true) if negated else (true, false)
        sign = self.take("==", "!=", "<", ">", "<=", ">=", "in")
        if sign is None:
            return truth(left)
        right = self.operand()
        if sign == "in":
            return contains(left, right)
        true, false = compare(left, sign, right, self.found)
        return true, false

    def take_any(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1] if self.at <= len(self.tokens) else ""

    def test(self, left: Operand, name: str) -> tuple[Wishes, Wishes]:
        key = left.key
        if name == "sameas":
            right = self.operand()
            if key is None or not right.has_literal:
                return [{}], [{}] if key is None else [{key: SAMPLE}]
            note_literal(self.found, key, right.literal)
            return [{key: right.literal}], [{key: other_than(right.literal)}, {key: ABSENT}]
        if key is None:
            return [{}], [{}]
        if name == "defined":
            return [{key: SAMPLE}], [{key: ABSENT}]
        samples = {"sequence": ["one", "two"], "string": "text", "mapping": {"one": "two"}}
        others = [value for word, value in samples.items() if word != name]
        return [{key: samples.get(name, SAMPLE)}], [{key: value} for value in others]

    def operand(self) -> Operand:
        """A literal or a dotted name with subscripts, calls, filters and sums behind it."""
        group, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if group == "text":
            found = Operand(literal=text[1:-1], has_literal=True)
        elif group == "number":
            found = Operand(literal=float(text) if "." in text else int(text), has_literal=True)
        elif text in ("true", "false"):
            found = Operand(literal=text == "true", has_literal=True)
        elif group == "name":
            found = Operand(key=self.scope.get(text, (text,)))
        else:
            found = Operand()
            if text in ("(", "["):
                while self.peek() not in (")", "]", None):
                    self.operand()
                self.at += 1
        self.suffixes(found)
        if found.key is not None:
            self.found.reads.add(found.key)
        return found

    def suffixes(self, found: Operand) -> None:
        while (sign := self.take(".", "[", "(", "|", "+", ",")) is not None:
            if sign == ".":
                name = self.take_any()
                if self.peek() == "(":
                    self.extra(found, name)
                elif found.key is not None:
                    found.key += (name,)
            elif sign == "[":
                inner = self.operand()
                self.take("]")
                if inner.key is not None:
                    note_literal(self.found, inner.key, NAMES[0])
                if found.key is not None:
                    named = isinstance(inner.literal, str)
                    step = inner.literal if named else ENTRY if inner.has_literal else ANY
                    found.key += (step,)
            elif sign == "(":
                while self.peek() not in (")", None):
                    self.operand()
                self.take(")")
            elif sign == "|":
                self.extra(found, self.take_any())
            else:
                self.operand()

    def extra(self, found: Operand, name: str) -> None:
        """A filter or method behind an operand: some tell that it is a list or a text."""
        found.extras.append(name)
        if found.key is not None:
            if name in ("toList", "join"):
                self.found.lists.add(found.key)
            elif name in ("append", "split"):
                self.found.called.add(found.key)


def note_literal(found: Notes, key: Key, literal: object) -> None:
    """Remembers what a key is compared with."""
    known = found.literals.setdefault(key, [])
    if not any(_agree(literal, value) for value in known):
        known.append(literal)


def other_than(value: object) -> object:
    """A value of the same type that differs."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, (int, float)) else "other"


def filled(key: Key) -> Wishes:
    """A list with entries."""
    return [{key: SAMPLE, (*key, LENGTH): 1}, {key: SAMPLE, (*key, LENGTH): 3}]


def emptied(key: Key) -> Wishes:
    """A list without entries."""
    return [{key: [], (*key, LENGTH): 0}]


def truth(left: Operand) -> tuple[Wishes, Wishes]:
    """What makes an operand true or false by itself."""
    if left.key is None or "append" in left.extras:
        return [{}], [{}]
    if "length" in left.extras:
        return filled(left.key), [*emptied(left.key), {left.key: ABSENT}]
    return [{left.key: SAMPLE}], [{left.key: False}, {left.key: ABSENT}]


def contains(left: Operand, right: Operand) -> tuple[Wishes, Wishes]:
    """`'?' in url`: a text with and without it."""
    if right.key is None or not left.has_literal:
        return [{}], [{}]
    return [{right.key: f"before{left.literal}after"}], [{right.key: "neither"}]


def compare(left: Operand, sign: str, right: Operand, found: Notes) -> tuple[Wishes, Wishes]:
    """What makes a comparison with a literal true or false; nothing where both sides are computed."""
    if left.key is None or not right.has_literal:
        return [{}], [{}]
    key = left.key
    if "length" in left.extras:
        return (emptied(key), filled(key)) if sign == "==" else (filled(key), emptied(key))
    note_literal(found, key, right.literal)
    same, other = [{key: right.literal}], [{key: other_than(right.literal)}, {key: ABSENT}]
    return (other, same) if sign == "!=" else (same, other)
