"""The Java config mapper of a pack, kept running in one JVM, as the judge of a rendering."""

import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

RUNNER = Path(__file__).with_name("RenderMany.java")


@dataclass
class Rendering:
    """What a renderer made of one deployment.toml: files by path below the home, or an error of some kind."""

    files: dict[str, bytes] = field(default_factory=dict)
    kind: str | None = None
    message: str = ""


def read_tree(root: Path) -> dict[str, bytes]:
    """All files below a folder by their relative path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


# Which exception and message of the mapper is which kind of error; the first that fits counts.
KINDS = (
    ("toml", r"StackOverflowError|Error parsing deployment configuration|Error parsing file"),
    ("secret", r"Secret references"),
    ("environment", r"Environment variable"),
    ("system property", r"system property"),
    ("reference", r"References can't be resolved|Configuration with key"),
    ("unit", r"Invalid unit|Invalid value for configuration key|Invalid configuration value|Converted value"),
    ("quote", r"matching ending"),
    ("type", r"ClassCastException|TomlInvalidTypeException"),
    ("template", r"FatalTemplateErrorsException|jinjava"),
    ("regex", r"PatternSyntaxException|Illegal group reference|No group|named capturing"),
)


def kind_of(exception: str, message: str) -> str:
    """The kind of error that an exception of the mapper stands for."""
    text = f"{exception} {message}"
    for kind, pattern in KINDS:
        if re.search(pattern, text):
            return kind
    return "validator" if exception.endswith("ConfigParserException") else exception


class JavaMapper:
    """Renders deployment.tomls with the config mapper among the jars of a pack."""

    def __init__(
        self,
        jars: Path,
        resources: Path,
        environment: dict[str, str],
        properties: dict[str, str],
        cache: Path | None = None,
    ):
        self.work = Path(tempfile.mkdtemp(prefix="java-mapper-"))
        self.resources = self.work / "resources"
        shutil.copytree(resources, self.resources)
        classes = self.work / "classes"
        subprocess.run(
            [
                "javac",
                "--release",
                "8",
                "-nowarn",
                "-Xlint:-options",
                "-cp",
                f"{jars}/*",
                "-d",
                classes,
                RUNNER,
            ],
            check=True,
        )
        given = {
            "forceConfigUpdate": "true",
            "config.backup.path": str(self.work / "backup"),
            "carbon.home": str(self.work),
            "file.encoding": "UTF-8",
            **properties,
        }
        self.command = [
            "java",
            "-XX:+UseSerialGC",
            *(f"-D{name}={value}" for name, value in given.items()),
            "-cp",
            f"{jars}/*{os.pathsep}{classes}",
            "RenderMany",
            self.resources,
        ]
        self.environment = environment
        self.process: subprocess.Popen[str] | None = None
        self.cache = cache
        self.given = repr((sorted(jar.name for jar in jars.glob("*.jar")), environment, properties))

    @functools.cached_property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256(self.given.encode())
        for path, content in read_tree(self.resources).items():
            digest.update(path.encode() + content)
        return digest.hexdigest()[:16]

    def render(self, toml: Path) -> Rendering:
        """Renders one file, or takes what was rendered before from the cache."""
        if self.cache is None:
            return self._render(toml)
        kept = self.cache / self._fingerprint / f"{hashlib.sha256(toml.read_bytes()).hexdigest()[:24]}.zip"
        if kept.is_file():
            return _unpack(kept)
        rendering = self._render(toml)
        _pack(rendering, kept)
        return rendering

    def _render(self, toml: Path) -> Rendering:
        if self.process is None:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.work,
                env=self.environment,
                text=True,
                encoding="utf-8",
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=(self.work / "log").open("w"),
            )
        out = self.work / "out"
        out.mkdir()
        self.process.stdin.write(f"{toml.resolve()}\t{out}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n").split("\t")
        files = read_tree(out)
        shutil.rmtree(out)
        if answer[0] == "ok":
            return Rendering(files)
        if answer[0] != "error":
            log = (self.work / "log").read_text(errors="replace")
            raise SystemExit(f"the Java mapper ended at {toml}:\n{log[-2000:]}")
        return Rendering({}, kind_of(answer[1], answer[2]), f"{answer[1]}: {answer[2]}")

    def close(self) -> None:
        """Ends the JVM and removes its folder."""
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
        shutil.rmtree(self.work)


def _pack(rendering: Rendering, archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as kept:
        if rendering.kind is not None:
            kept.comment = f"{rendering.kind}\n{rendering.message}".encode()[:60000]
        for path, content in rendering.files.items():
            kept.writestr(path, content)


def _unpack(archive: Path) -> Rendering:
    with zipfile.ZipFile(archive) as kept:
        if kept.comment:
            kind, _, message = kept.comment.decode(errors="replace").partition("\n")
            return Rendering({}, kind, message)
        return Rendering({name: kept.read(name) for name in kept.namelist()})
