#!/usr/bin/env python3
"""Validates deployment.toml files against the schemas of rules/schema.

usage: tests/schemas/validate.py VERSION=FOLDER_OR_FILE ...

Says for each file where it departs from the schema of its version, and counts at the end. Needs Python 3.11 and jsonschema.
"""
import json
import pathlib
import sys
import tomllib

from jsonschema import Draft202012Validator

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "rules" / "schema"


def files(path):
    return [path] if path.is_file() else sorted(path.rglob("*.toml"))


def place(error):
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return "".join(parts).lstrip(".") or "(root)"


def main(arguments):
    valid = departing = 0
    for argument in arguments:
        version, _, path = argument.partition("=")
        schema = json.loads((SCHEMAS / f"wso2am-{version}.schema.json").read_text())
        validator = Draft202012Validator(schema)
        for file in files(pathlib.Path(path)):
            try:
                document = tomllib.loads(file.read_text())
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                print(f"{version} {file}: not read: {error}")
                continue
            errors = sorted(validator.iter_errors(document), key=place)
            for error in errors:
                print(f"{version} {file}: {place(error)}: {error.message[:200]}")
            valid, departing = valid + (not errors), departing + bool(errors)
    print(f"{valid} valid, {departing} departing")
    return 1 if departing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
