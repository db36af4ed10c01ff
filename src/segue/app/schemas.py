"""JSON Schemas of a folder of definitions, which its plan.yaml refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from segue.domain.rules.read import check_schema
from segue.errors import DefinitionError

SCHEMAS = "schemas"
"""The folder of JSON Schemas, below the one that is applied."""

Bodies = Mapping[str, str]
"""Text by file name relative to the applied folder."""


def schema_loader(bodies: Bodies) -> Callable[[str], dict[str, Any]]:
    """Reads a schema of the folder by its path, as a mapping; DefinitionError where there is none."""

    def load(path: str) -> dict[str, Any]:
        if path not in bodies:
            near = get_close_matches(path, [name for name in bodies if name.endswith(".json")], n=1)
            raise DefinitionError(
                f"there is no schema {path!r}",
                cure=f"did you mean {near[0]!r}?" if near else f"put it into the folder's {SCHEMAS}/",
            )
        try:
            schema = msgspec.json.decode(bodies[path])
        except (msgspec.DecodeError, RecursionError) as error:
            raise _of_schema(path, f"{path} is no JSON: {error}", "correct the file") from error
        if not isinstance(schema, dict):
            raise _of_schema(path, f"{path} is no JSON Schema", "a schema is a JSON object")
        return schema

    return load


def _of_schema(path: str, message: str, cure: str) -> DefinitionError:
    error = DefinitionError(message, cure=cure)
    error.file = path
    return error


def read_schema(name: str, text: str) -> None:
    """DefinitionError unless the text is a JSON Schema that can be followed."""
    schema = schema_loader({name: text})(name)
    check_schema(schema, name)
