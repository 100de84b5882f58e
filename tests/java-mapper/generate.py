"""Writes deployment.tomls that reach the branches of a pack's templates and the rules of its mapper."""

import random
import tomllib
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path

from conditions import ABSENT, Key
from documents import Builder, Conflict, Table
from odd_values import TEXTS
from pack_rules import Rules
from samples import Samples
from templates import read_templates
from toggles import Toggle, Toggles
from toml_text import Style, write

TOGGLES_IN_A_DOCUMENT = 40


class Generator:
    """Makes deployment.tomls for one pack."""

    def __init__(self, resources: Path, own: Path | None, seed: int):
        rules = Rules(resources)
        samples = Samples(read_templates(resources / "templates"), rules)
        self.builder = Builder(samples)
        self.vanilla = tomllib.loads(own.read_text(encoding="utf-8-sig")) if own else {}
        self.bare = self.builder.build(dict.fromkeys(rules.needed, "needed"), {})
        self.seed = seed
        self.toggles = Toggles(samples, self.vanilla, seed).by_subject()

    def first_layer(self) -> Iterator[tuple[str, str]]:
        """One change a key, many keys a document. Yields names and texts."""
        for subject, toggles in self.toggles.items():
            bins = [[toggle] for toggle in toggles if toggle.alone]
            bins += pack(toggle for toggle in toggles if not toggle.alone)
            for number, together in enumerate(bins):
                yield f"{subject}-{number:03}.toml", self.document(together, self.vanilla, Style())

    def second_layer(self, count: int) -> Iterator[tuple[str, str]]:
        """Any changes together in any spelling, among keys that mean nothing. Yields names and texts."""
        subjects = [[toggle for toggle in toggles if not toggle.alone] for toggles in self.toggles.values()]
        subjects = [toggles for toggles in subjects if toggles]
        for number in range(count if subjects else 0):
            chance = random.Random(self.seed * 1_000_003 + number)
            chosen = [chance.choice(chance.choice(subjects)) for _ in range(chance.choice((1, 5, 20, 80)))]
            base = self.filled(self.vanilla if chance.random() < 0.6 else self.bare, chance)
            yield f"random-{number:04}.toml", self.document(chosen, base, Style(chance))

    def document(self, toggles: Iterable[Toggle], base: Table, style: Style) -> str:
        """The text of the base with all changes that can be had together."""
        root, kept = base, []
        for toggle in toggles:
            if toggle.alone:
                root = self.builder.build(dict.fromkeys(toggle.wishes, ABSENT), root)
            try:
                root = self.builder.build(toggle.wishes, root)
                kept.append(toggle.name)
            except Conflict:
                continue
        return "".join(f"# {name!r}\n" for name in kept) + write(root, style)

    @staticmethod
    def filled(base: Table, chance: random.Random) -> Table:
        """The base with keys that no rule knows, each of which moves the order of the mapper's hash maps."""
        root = deepcopy(base)
        for _ in range(chance.choice((0, 0, 3, 30, 300))):
            node = root
            for _ in range(chance.randrange(4)):
                name = f"filler_{chance.randrange(40)}"
                node = node.setdefault(name, {}) if isinstance(node.get(name, {}), dict) else node
            node.setdefault(f"key_{chance.getrandbits(24):x}", chance.choice((*TEXTS[:20], 1, 2.5, True)))
        return root


def pack(toggles: Iterable[Toggle]) -> list[list[Toggle]]:
    """Puts toggles that touch different keys together, so that a few documents hold many."""
    bins: list[tuple[set[Key], list[Toggle]]] = []
    for toggle in toggles:
        keys = {key[:depth] for key in toggle.wishes for depth in range(1, len(key) + 1)}
        whole = set(toggle.wishes)
        for used, members in bins:
            taken = {key for member in members for key in member.wishes}
            if len(members) < TOGGLES_IN_A_DOCUMENT and not whole & used and not keys & taken:
                break
        else:
            used, members = set(), []
            bins.append((used, members))
        used |= keys
        members.append(toggle)
    return [members for _, members in bins]
