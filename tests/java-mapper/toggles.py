"""Single changes to a deployment.toml that make templates and rules act, one subject a method."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from conditions import ABSENT, ANY, ENTRY, KEY, LENGTH, SAMPLE, Key
from odd_values import LITERALS, TEXTS, TIMES, WRONG_TEXTS, WRONG_TIMES
from pack_rules import referred, split_key
from samples import Samples, stands_above
from toml_text import Literal


@dataclass
class Toggle:
    """A change to the pack's own deployment.toml: a value, or ABSENT, by key."""

    name: str
    wishes: dict[Key, object]
    alone: bool = False


def leaves(table: dict[str, object], above: Key = ()) -> Iterator[Key]:
    """The keys of all values that are no tables."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, name))
        else:
            yield (*above, name)


class Toggles:
    """The changes that one pack knows."""

    def __init__(self, samples: Samples, vanilla: dict[str, object], seed: int):
        self.samples, self.templates, self.rules = samples, samples.templates, samples.rules
        self.vanilla, self.seed = vanilla, seed

    def by_subject(self) -> dict[str, list[Toggle]]:
        """All changes, by what they are about."""
        subjects = (
            self.branches,
            self.loops,
            self.values,
            self.texts,
            self.inferences,
            self.mappings,
            self.units,
            self.validations,
            self.references,
            self.clashes,
        )
        return {subject.__name__: list(subject()) for subject in subjects}

    def branches(self) -> Iterator[Toggle]:
        """What reaches each branch, in each way known."""
        for branch in self.templates.branches:
            for wishes in branch.wishes[:3]:
                gone = [key for key, value in wishes.items() if value is ABSENT]
                needed = any(stands_above(key, other) for key in gone for other in self.rules.needed)
                yield Toggle(str(branch), wishes, alone=needed)

    def loops(self) -> Iterator[Toggle]:
        """Each loop with none, one and three entries."""
        for key in sorted(self.templates.loops | self.templates.maps):
            if KEY in key:
                continue
            step = ENTRY if key in self.templates.loops else ANY
            yield Toggle(f"none of {'.'.join(key)}", {key: [] if step == ENTRY else ABSENT})
            for length in (1, 3):
                yield Toggle(f"{length} of {'.'.join(key)}", {(*key, LENGTH): length, key: SAMPLE})

    def values(self) -> Iterator[Toggle]:
        """Each key that a template or default names, with another value and one of another type."""
        chance = random.Random(self.seed)
        for key in self.samples.reads:
            if ENTRY in key or ANY in key or KEY in key:
                continue
            checked = key in self.rules.validations or key in self.templates.called
            yield Toggle(f"{'.'.join(key)} changed", {key: SAMPLE}, alone=checked)
            fragile = self.samples.fragile(key)
            for values in (TEXTS, LITERALS):
                value = chance.choice(values)
                if not fragile or chance.random() < 0.15:
                    yield Toggle(f"{'.'.join(key)} = {value!r}", {key: value}, alone=fragile)

    def texts(self) -> Iterator[Toggle]:
        """Each special value at one key that several templates read and at a few chance ones."""
        chance = random.Random(self.seed + 1)
        plain = [key for key in self.samples.reads if not {ENTRY, ANY, KEY} & set(key) and len(key) > 1]
        sturdy = [key for key in plain if not self.samples.fragile(key)]
        for value in (*TEXTS, *LITERALS):
            for key in (("server", "internal_hostname"), chance.choice(sturdy), ("passthru_http", "odd.key")):
                yield Toggle(f"{'.'.join(key)} = {value!r}", {key: value})
        for value in WRONG_TEXTS:
            yield Toggle(f"wrong text {value!r}", {chance.choice(plain): value}, alone=True)

    def inferences(self) -> Iterator[Toggle]:
        """Each pattern and value of infer.json, for a known and for a new name."""
        for pattern, values in self.rules.inferences.items():
            for value in values:
                for name in ("sample", "apim_db") if "$1" in pattern else ("",):
                    key = split_key(re.sub(r"\$\d+", name, pattern))
                    typed = value == "true" if value in ("true", "false") else value
                    names = {split_key(re.sub(r"\$\d+", name, need)) for need in referred(values[value])}
                    needs = dict.fromkeys(sorted(names - self.rules.defaults.keys()), "needed")
                    yield Toggle(f"{pattern} infers from {value}", {**needs, key: typed})
                    if needs:
                        yield Toggle(f"{pattern} infers from {value} alone", {key: typed}, alone=True)
                    if typed is not value:
                        yield Toggle(f"{pattern} infers from text {value}", {key: value})

    def mappings(self) -> Iterator[Toggle]:
        """Each old key alone, and beside its new spelling."""
        for old, new in self.rules.mappings.items():
            news = new if isinstance(new, list) else [new]
            if ":" in old:
                table, _, name = old.partition(":")
                yield Toggle(f"{old} mapped", {(*split_key(table), ENTRY, *split_key(name)): "mapped"})
                continue
            targets = [split_key(target) for target in news if ":" not in target]
            sample = self.samples.sample(targets[0]) if targets else "mapped"
            odd = any("''" in target for target in news)
            yield Toggle(f"{old} mapped", {split_key(old): sample}, alone=odd)
            for target in targets:
                if target and target != split_key(old):
                    values = {split_key(old): "10", target: "20"}
                    yield Toggle(
                        f"{old} and {'.'.join(target)}", values, alone=odd or self.samples.fragile(target)
                    )

    def units(self) -> Iterator[Toggle]:
        """Each time setting in each unit; wrong ones alone."""
        chance = random.Random(self.seed + 2)
        for key, unit in self.rules.units.items():
            for value in chance.sample(TIMES, 4):
                yield Toggle(f"{'.'.join(key)} = {value!r}", {key: value}, alone=unit == "d")
        for key in chance.sample(sorted(self.rules.units), min(12, len(self.rules.units))):
            for value in (chance.choice(WRONG_TIMES), chance.choice(LITERALS)):
                yield Toggle(f"{'.'.join(key)} = {value!r}", {key: value}, alone=True)

    def validations(self) -> Iterator[Toggle]:
        """Each rule of validator.json with its condition met and a value that it may refuse."""
        for key, rules in self.rules.validations.items():
            for rule in rules:
                condition = {split_key(name): value for name, value in rule.get("if", {}).items()}
                for value in ("refused value", "", 7):
                    yield Toggle(f"{'.'.join(key)} validated", {key: value, **condition}, alone=True)
                yield Toggle(f"{'.'.join(key)} missing", condition, alone=True)

    def references(self) -> Iterator[Toggle]:
        """Chains, cycles, references to lists, numbers and tables, and secrets."""
        one, two, three = ("chain", "one"), ("chain", "two"), ("chain", "three")
        host = ("server", "hostname")
        secret = ("secrets", "alias")
        password = ("super_admin", "password")
        links = {one: "$ref{chain.two}!", two: "$ref{chain.three}?", three: "end", host: "$ref{chain.one}"}
        yield Toggle("chain", links)
        yield Toggle("cycle", {one: "$ref{chain.two}", two: "$ref{chain.one}"}, alone=True)
        yield Toggle("self", {one: "$ref{chain.one}"}, alone=True)
        yield Toggle("no such", {host: "x $ref{chain.none} y"}, alone=True)
        for literal in ("5", "1.5", "1e7", "true", '["a", "b"]', "[1, 2]", "1979-05-27"):
            literal = Literal(literal)
            yield Toggle(f"to {literal}", {one: literal, host: "$ref{chain.one}"}, alone=True)
            yield Toggle(f"inside to {literal}", {one: literal, host: "a $ref{chain.one} b"}, alone=True)
            yield Toggle(f"list to {literal}", {one: literal, two: ["$ref{chain.one}", "b"]}, alone=True)
        yield Toggle("to table", {one: "x", host: "$ref{chain}"}, alone=True)
        yield Toggle("to default", {host: "$ref{transport.https.properties.port}"}, alone=True)
        yield Toggle("quoted", {("chain", "a.b"): "x", host: "$ref{chain.'a.b'}"}, alone=True)
        yield Toggle(
            "doubled", {one: "x", host: "$ref{chain.one}$ref{chain.one}$ref{server.node_ip}"}, alone=True
        )
        yield Toggle("secret", {secret: "cipher", password: "$secret{alias}"})
        yield Toggle("plain secret", {secret: "[plain]", password: "$secret{alias}"}, alone=True)
        yield Toggle("no secret", {secret: "cipher", password: "$secret{other}"}, alone=True)
        yield Toggle("no secrets", {password: "$secret{alias}"}, alone=True)
        yield Toggle("number as secret", {secret: 5, password: "$secret{alias}"}, alone=True)
        yield Toggle("secret quoted", {("secrets", "a.b"): "cipher", password: "$secret{a.b}"}, alone=True)
        yield Toggle(
            "runtime secrets", {("runtime_secrets", "enable"): "true", password: "$secret{other}"}, alone=True
        )
        yield Toggle("secret in list", {one: ["$secret{alias}", "x"], secret: "cipher"}, alone=True)
        entry = ("apim", "gateway", "environment", ENTRY, "name")
        for text in (
            "$ref{server.hostname}",
            "$env{APIMLINT_TEST}",
            "$sys{apimlint.test}",
            "{{server.hostname}}",
        ):
            yield Toggle(f"{text} in entry", {entry: text}, alone=True)
            yield Toggle(f"{text} in list", {("apim", "cors", "allow_origins"): [text, "x"]}, alone=True)

    def clashes(self) -> Iterator[Toggle]:
        """A plain value where rules or templates have a table, and quoted spellings of dotted keys."""
        chance = random.Random(self.seed + 3)
        prefixes = {key[:depth] for key in self.samples.reads for depth in range(1, len(key))}
        given = {key[:depth] for key in leaves(self.vanilla) for depth in range(1, len(key))}
        for prefix in sorted(prefix for prefix in prefixes if not {ENTRY, ANY, KEY} & set(prefix)):
            fragile = prefix in given or self.samples.fragile(prefix)
            for value in ("clash", Literal("1"), ["a", "b"]):
                if not fragile or chance.random() < 0.2:
                    yield Toggle(f"{'.'.join(prefix)} is no table", {prefix: value}, alone=fragile)
        for key in self.samples.reads[::7]:
            if not {ENTRY, ANY, KEY} & set(key) and len(key) > 2:
                joined = (*key[:-2], ".".join(key[-2:]))
                yield Toggle(f"{joined} quoted", {joined: "quoted"})
                twice = {joined: "quoted", key: "bare"}
                yield Toggle(f"{joined} quoted and not", twice, alone=self.samples.fragile(key))
                yield Toggle(f"{key} all quoted", {(".".join(key),): "quoted"})
