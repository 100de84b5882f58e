"""The rule files of a pack."""

import json
import re
from pathlib import Path

from conditions import ENTRY, Key


def split_key(dotted: str) -> Key:
    """The steps of a key as the rule files write it: dots separate, single quotes protect."""
    return tuple(quoted or bare for quoted, bare in re.findall(r"'([^']*)'|([^.']+)", dotted))


def referred(value: object) -> list[str]:
    """The keys that `$ref{}` in a value names."""
    return re.findall(r"\$ref\{([^}]*)\}", json.dumps(value))


class Rules:
    """Defaults, key mappings, inferences, units and validations."""

    def __init__(self, resources: Path):
        self.defaults = {split_key(key): value for key, value in self._read(resources, "default").items()}
        self.mappings = self._read(resources, "key-mappings")
        self.inferences = self._read(resources, "infer")
        units = self._read(resources, "unit-resolve").get("time", {})
        self.units = {split_key(key): unit for key, unit in units.items()}
        validations = self._read(resources, "validator")
        self.validations = {
            split_key(key.replace(":", f".{ENTRY}.")): rules for key, rules in validations.items()
        }
        # What defaults refer to and only a deployment.toml gives.
        self.needed = {split_key(name) for value in self.defaults.values() for name in referred(value)}
        self.needed -= self.defaults.keys()

    @staticmethod
    def _read(resources: Path, name: str) -> dict[str, object]:
        return json.loads((resources / f"{name}.json").read_text(encoding="utf-8") or "{}")
