"""Values that suit the keys of a pack."""

from conditions import ANY, ENTRY, KEY, NAMES, Key, other_than
from pack_rules import Rules
from templates import Templates


def stands_above(key: Key, other: Key) -> bool:
    """Whether a key is another one, or a table that the other lies in."""
    return len(key) <= len(other) and all(one == step or step == ANY for one, step in zip(key, other))


class Samples:
    """What keys may hold, as far as templates and rule files tell."""

    def __init__(self, templates: Templates, rules: Rules):
        self.templates, self.rules = templates, rules
        self.reads = sorted(templates.reads | set(rules.defaults))

    def fragile(self, key: Key) -> bool:
        """Whether the mapper or a template refuses many values of a key."""
        known = self.templates
        if (
            key in self.rules.units
            or key in self.rules.validations
            or key[0] in ("secrets", "runtime_secrets")
        ):
            return True
        return any(
            stands_above(key, other)
            for others in (known.maps, known.lists, known.called, self.rules.needed)
            for other in others
        )

    def sample(self, key: Key, length: int = 1) -> object:
        """A value that suits a key and differs from its default."""
        if key in self.templates.loops:
            return [self.entry((*key, ENTRY), number) for number in range(length)]
        if key in self.templates.maps:
            return {name: self.entry((*key, ANY), number) for number, name in enumerate(NAMES[:length])}
        if key in self.rules.units:
            return "20d"
        if key in self.templates.lists:
            return ["sample-1", "sample-2"]
        default = self.rules.defaults.get(key)
        literals = self.templates.literals.get(key)
        if literals:
            return other_than(literals[0]) if literals[0] == default else literals[0]
        if isinstance(default, (bool, int, float)):
            return other_than(int(default) if default == int(default) else default)
        if isinstance(default, list):
            return ["sample-1", "sample-2"]
        below = [read for read in self.reads if len(read) > len(key) and read[: len(key)] == key]
        if below:
            step = below[0][len(key)]
            if step not in (ENTRY, ANY, KEY):
                return {step: self.sample((*key, step))}
            return ["a", "b"] if step == ENTRY else {NAMES[0]: self.entry((*key, ANY), 0)}
        return "-".join(key[-2:]).replace(ENTRY, "entry").replace(ANY, "any")

    def entry(self, key: Key, number: int) -> object:
        """An element of a list or map with all that templates read of it."""
        if key in self.templates.loops or key in self.templates.maps:
            return self.sample(key)
        below = [read for read in self.reads if len(read) > len(key) and read[: len(key)] == key]
        if not below:
            return NAMES[number]
        table: dict[str, object] = {}
        for read in below:
            step = read[len(key)]
            if step not in (ENTRY, ANY, KEY) and step not in table:
                table[step] = self.sample((*key, step), 2)
        return table or NAMES[number]
