"""As much of JSON Schema (2020-12) as the two schemas of the contract use, to hold them against the codec."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.house.tree import ROOT

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_CHECKED = {"type", "const", "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "items"}
_CHECKED |= {"required", "properties", "anyOf", "allOf", "$ref"}
_SILENT = {"$schema", "$defs", "title", "examples"}


class Schema:
    """One of the published schemas. A keyword that is not understood here is an error."""

    def __init__(self, name: str) -> None:
        self.root: dict[str, Any] = json.loads((ROOT / "docs" / name).read_text("utf-8"))

    def admits(self, value: Any, schema: dict[str, Any] | None = None) -> bool:
        """Whether ``value`` is valid."""
        schema = self.root if schema is None else schema
        assert schema.keys() <= _CHECKED | _SILENT, schema.keys()
        return all(self._holds(key, wanted, value) for key, wanted in schema.items() if key in _CHECKED)

    def _holds(self, key: str, wanted: Any, value: Any) -> bool:
        checks: dict[str, Callable[[], bool]] = {
            "type": lambda: any(_is(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted)),
            "const": lambda: _same(value, wanted),
            "enum": lambda: any(_same(value, each) for each in wanted),
            "anyOf": lambda: any(self.admits(value, each) for each in wanted),
            "allOf": lambda: all(self.admits(value, each) for each in wanted),
            "$ref": lambda: self.admits(value, self.root["$defs"][wanted.removeprefix("#/$defs/")]),
        }
        return checks[key]() if key in checks else self._holds_inside(key, wanted, value)

    def _holds_inside(self, key: str, wanted: Any, value: Any) -> bool:
        """The keywords that speak of one kind of value and let every other pass."""
        if isinstance(value, dict):
            inner = wanted.items() if key == "properties" else ()
            missing = key == "required" and not set(wanted) <= value.keys()
            return not missing and all(self.admits(value[name], each) for name, each in inner if name in value)
        if isinstance(value, list):
            if key == "items":
                return all(self.admits(each, wanted) for each in value)
            return _in_bounds(key.removesuffix("Items"), wanted, len(value)) if key.endswith("Items") else True
        if isinstance(value, str):
            if key == "pattern":
                return re.search(wanted, value, re.ASCII) is not None and not value.endswith("\n")
            return _in_bounds(key.removesuffix("Length"), wanted, len(value)) if key.endswith("Length") else True
        return not (key == "minimum" and _is(value, "number")) or value >= wanted


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _same(value: Any, wanted: Any) -> bool:
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def _in_bounds(edge: str, wanted: int, number: int) -> bool:
    return number >= wanted if edge == "min" else number <= wanted
