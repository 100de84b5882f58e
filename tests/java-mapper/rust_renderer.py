"""`apimlint render` as a renderer to be judged."""

import re
import subprocess
import tempfile
from pathlib import Path

from java_mapper import Rendering, read_tree

# The kinds of java_mapper by the names of our findings.
KINDS = {
    "toml-rejected": "toml",
    "toml-overflow": "toml",
    "secret-unresolved": "secret",
    "environment-variable-unresolved": "environment",
    "system-property-unresolved": "system property",
    "reference-unresolved": "reference",
    "unit-invalid": "unit",
    "validation-failed": "validator",
    "key-malformed": "quote",
    "type-mismatch": "type",
    "template-broken": "template",
}


class RustRenderer:
    """Runs the program once for each deployment.toml."""

    def __init__(self, program: Path, pack: Path, environment: dict[str, str], properties: dict[str, str]):
        self.command = [program.resolve(), "render", "--pack", pack]
        self.command += [
            argument for name, value in properties.items() for argument in ("--sys", f"{name}={value}")
        ]
        self.environment = environment

    def render(self, toml: Path) -> Rendering:
        """Renders one file into a folder of its own."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "out"
            run = subprocess.run(
                [*self.command, "--toml", toml, "-o", out],
                env=self.environment,
                text=True,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
            if run.returncode == 0:
                return Rendering(read_tree(out))
            message = run.stderr.strip()
            if run.returncode not in (1, 2):
                return Rendering({}, f"exit status {run.returncode}", message[-300:])
            if out.exists() and any(out.iterdir()):
                return Rendering({}, "written in spite of an error", message[:300])
            named = re.search(r"^error\[([\w-]+)\]", message, re.M)
            kind = KINDS.get(named[1], named[1]) if named else "unnamed"
            return Rendering({}, kind, message[:300])
