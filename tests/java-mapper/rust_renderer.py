"""`apimlint render` as a renderer to be judged."""

import re
import subprocess
import tempfile
from pathlib import Path

from java_mapper import Rendering, read_tree

# Words of our error messages, by the kinds of java_mapper; the first that occurs counts.
KINDS = (
    ("toml", r"TOML"),
    ("secret", r"secret"),
    ("environment", r"environment variable"),
    ("system property", r"system property"),
    ("reference", r"reference"),
    ("unit", r"unit"),
    ("validator", r"validat"),
    ("quote", r"quote"),
    ("type", r"type"),
    ("template", r"template"),
)


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
            kind = next((kind for kind, words in KINDS if re.search(words, message)), "unknown")
            return Rendering({}, kind, message[:300])
