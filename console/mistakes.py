"""Turns what the settings classes refuse into sentences: what is wrong with which key, and what to write instead."""

import difflib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from console.places import Place

Schema: TypeAlias = Mapping[str, Any]
_WANTED = {
    "string_type": 'text in double quotes, such as "…"',
    "int_type": "a whole number, without quotes",
    "int_parsing": "a whole number, without quotes",
    "float_type": "a number, without quotes",
    "int_from_float": "a whole number, without quotes",
    "float_parsing": "a number, without quotes",
    "finite_number": "a number that ends, neither nan nor inf",
    "bool_type": "true or false, without quotes",
    "bool_parsing": "true or false, without quotes",
    "path_type": "a path in double quotes",
    "tuple_type": "a list, such as [ … ]",
    "list_type": "a list, such as [ … ]",
    "dict_type": "a section with keys of its own",
    "model_type": "a section with keys of its own",
    "model_attributes_type": "a section with keys of its own",
}
_MEANT = "did you mean"
_LISTS = {"tuple_type", "list_type"}
_BOUNDS = {
    "greater_than_equal": ("must be at least {ge}", "write {ge} or more"),
    "less_than_equal": ("must be at most {le}", "write {le} or less"),
}
_EMPTY = {
    "too_short": "is empty: write at least one",
    "string_too_short": "is empty: write something",
}


def explained(error: ErrorDetails, data: object, model: type[BaseModel]) -> tuple[Place, str, str]:
    """Where the mistake stands in ``data``, what it is and its remedy ("" where the former says it all)."""
    schema = _schema(model)
    place = _in_data(error["loc"], data, absent=error["type"] == "missing")
    kind = error["type"]
    what, remedy = error["msg"].removeprefix("Value error, "), ""
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        return _tag(error, place, data)
    if kind == "extra_forbidden":
        what, remedy = _unknown_key(place, data, schema)
    elif kind == "missing":
        what, remedy = "is missing", _write(place, data, schema)
    elif kind in {"literal_error", "enum"}:
        what, remedy = _choice(error, str(_value(place, data)))
    elif kind in _BOUNDS:
        what, bounded = (words.format(**error.get("ctx", {})) for words in _BOUNDS[kind])
        remedy = bounded + _or_the_default(place, data, schema)
    elif kind in _EMPTY:
        what = _EMPTY[kind]
    elif kind in _WANTED:
        what, remedy = "is not what is wanted here", _wanted(kind, place, data, schema)
    return place, what, remedy


@cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The candidate that looks like ``word`` as a question, or all of them where none does."""
    known = sorted(candidates)
    if close := difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6):
        return f"{_MEANT} {close[0]}?"
    return f"write one of {', '.join(known)}" if known else "remove it"


def _in_data(loc: tuple[str | int, ...], data: object, *, absent: bool) -> Place:
    """The place without the tags of unions, which pydantic adds to it and nobody wrote.

    ``absent``: the last part names what nobody wrote, and should have.
    """
    place: list[str | int] = []
    for index, part in enumerate(loc):
        if isinstance(data, dict) and _is_tag(part, loc[index + 1 :], data, absent=absent):
            continue
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            place.append(part)
            data = data[part]  # type: ignore[index]
        elif absent and index == len(loc) - 1:
            place.append(part)
    return tuple(place)


def _is_tag(part: str | int, rest: tuple[str | int, ...], data: dict[str, Any], *, absent: bool) -> bool:
    """Whether the part is the name of a kind although the section has a key of that name, whose value has no keys."""
    if not rest or isinstance(data.get(str(part)), dict | list):
        return False
    return rest[0] in data or (absent and len(rest) == 1)


def _value(place: Place, data: object) -> object:
    for part in place:
        data = data[part]  # type: ignore[index]
    return data


def _unknown_key(place: Place, data: object, schema: Schema) -> tuple[str, str]:
    keys = shape(place[:-1], data, schema).get("properties", {})
    remaining = set(keys) - set(_as_dict(_value(place[:-1], data)))
    word = str(place[-1])
    remedy = did_you_mean(word, remaining or keys)
    if not remedy.startswith(_MEANT) and (close := did_you_mean(word, keys)).startswith(_MEANT):
        remedy = close  # though it is there already: as a section beside this one
    owners = [] if remedy.startswith(_MEANT) else _owners(word, schema)
    return "there is no such key here", f"it belongs to {' or '.join(owners)}" if owners else remedy


def _owners(word: str, schema: Schema) -> list[str]:
    """The sections of the whole configuration, as they are written, that have such a key."""
    found = []
    for name, field in schema.get("properties", {}).items():
        if word in _decided(field, None, schema).get("properties", {}):
            found.append(f"[{name}]")
        elif word in _resolve(field.get("items", {}), schema).get("properties", {}):
            found.append(f"[[{name}]]")
    return found


def _write(place: Place, data: object, schema: Schema) -> str:
    key = str(place[-1])
    field = shape(place[:-1], data, schema).get("properties", {}).get(key, {})
    if examples := _examples(field):
        return f"write for example: {key} = {json.dumps(examples[0], ensure_ascii=False)}"
    if _resolve(field, schema).get("properties") or "oneOf" in field:
        return f"add a section [{'.'.join(part for part in place if isinstance(part, str))}]"
    return f"write {key} = …"


def _examples(field: Schema) -> list[Any]:
    return list(field.get("examples", ()))


def _tag(error: ErrorDetails, place: Place, data: object) -> tuple[Place, str, str]:
    context = error.get("ctx", {})
    key = str(context["discriminator"]).strip("'")
    if error["type"] == "union_tag_not_found":
        return (*place, key), "is missing", "it says of which kind this section is"
    given = str(_as_dict(_value(place, data)).get(key))
    known = [word.strip(" '") for word in str(context["expected_tags"]).split(",")]
    return (*place, key), f'"{given}" is not known', did_you_mean(given, known)


def _choice(error: ErrorDetails, given: str) -> tuple[str, str]:
    expected = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    return f'"{given}" is not known', did_you_mean(given, [word.strip(" '") for word in expected.split(",")])


def _field(place: Place, data: object, schema: Schema) -> Schema:
    """What a section's schema says of its key; nothing of an entry of a list."""
    if not place or isinstance(place[-1], int):
        return {}
    found: Schema = shape(place[:-1], data, schema).get("properties", {}).get(place[-1], {})
    return found


def _or_the_default(place: Place, data: object, schema: Schema) -> str:
    default = _field(place, data, schema).get("default")
    return "" if default is None else f", or leave it out: it is {json.dumps(default)} then"


def _wanted(kind: str, place: Place, data: object, schema: Schema) -> str:
    items = _resolve(_field(place, data, schema).get("items", {}), schema)
    if items.get("properties"):
        return f"write each in a section of its own, [[{place[-1]}]], with double brackets"
    if kind in _LISTS and items.get("type") == "string" and isinstance(text := _value(place, data), str):
        return f"write a list, such as [{json.dumps(text, ensure_ascii=False)}]"
    return f"write {_WANTED[kind]}"


def _as_dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def shape(place: Place, data: object, schema: Schema) -> Schema:
    """The part of a JSON schema that describes ``place``, its unions decided by what ``data`` says there."""
    current = _decided(schema, data, schema)
    for part in place:
        data = data[part] if isinstance(data, dict | list) else None  # type: ignore[index]
        inner = current.get("items", {}) if isinstance(part, int) else _member(current, part)
        current = _decided(inner, data, schema)
    return current


def _member(schema: Schema, name: str) -> Schema:
    found: Schema = schema.get("properties", {}).get(name) or schema.get("additionalProperties") or {}
    return found


def _resolve(part: Schema, schema: Schema) -> Schema:
    while reference := part.get("$ref"):
        part = schema["$defs"][str(reference).rpartition("/")[2]]
    return part


def _decided(part: Schema, data: object, schema: Schema) -> Schema:
    part = _resolve(part, schema)
    if "discriminator" in part:
        tag = _as_dict(data).get(part["discriminator"]["propertyName"])
        return _resolve({"$ref": part["discriminator"]["mapping"].get(tag, "")}, schema) if tag else {}
    for option in part.get("anyOf", ()):
        if option.get("type") != "null":
            return _resolve(option, schema)
    return part
