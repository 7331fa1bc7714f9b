"""Settings classes as annotated TOML: each key described above it, and behind a # where it may stay unwritten."""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

Values: TypeAlias = Mapping[str, Any]
_SAMPLES = {
    "ca": "private-ca.pem",
    "deadline": "8s",
    "login_url": "https://login.microsoftonline.com",
    "graph_url": "https://graph.microsoft.com",
    "exchange_url": "https://outlook.office365.com",
    "api_url": "https://www.googleapis.com",
    "sees": "busy",
    "names": ["busy.example.com"],
}


def section(
    name: str, kind: type[BaseModel] | Any, values: Values, *, without: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The section ``name``: its summary, its header, its keys (``without`` those of no use here), an empty line."""
    yield from [comment(_summary(kind)), f"[{name}]", *_keys(kind, values, without), ""]


def entry(name: str, values: Values) -> Iterator[str]:
    """Another entry of a list of sections, with what is particular to it and without descriptions."""
    yield from [f"[[{name}]]", *(f"{key} = {_toml(value)}" for key, value in values.items()), ""]


def off(lines: Iterator[str]) -> Iterator[str]:
    """A section behind #: one # less on each line that has no space after it, and it is there."""
    for line in lines:
        yield line if not line or line.startswith("# ") else f"#{line}"


def comment(text: str) -> str:
    """``text`` as comment lines that are short enough to read."""
    lines = (textwrap.wrap(line, 110) or [""] for line in text.splitlines())
    return "\n".join(f"# {line}".rstrip() for wrapped in lines for line in wrapped)


def is_section(annotation: object) -> bool:
    """Whether it is a section, or one that may be left out."""
    kinds = [kind for kind in get_args(annotation) or (annotation,) if kind is not type(None)]
    return all(isinstance(kind, type) and issubclass(kind, BaseModel) for kind in kinds)


def _keys(kind: type[BaseModel], values: Values, without: frozenset[str]) -> Iterator[str]:
    defaults = kind.model_construct().model_dump(mode="json", exclude_none=True, by_alias=True)
    fields = [
        (field.alias or key, field)
        for key, field in kind.model_fields.items()
        if (field.alias or key) in values or not is_section(field.annotation)
    ]
    for key, field in sorted(fields, key=lambda item: not (item[0] in values or item[1].is_required())):
        if key in without or field.discriminator or (key not in values and _is_list_of_sections(field.annotation)):
            continue
        if field.description:
            yield comment(field.description)
        sample = values[key] if key in values else _sample(key, field, defaults.get(key))
        written = key in values or field.is_required()
        yield f"{'' if written else '#'}{key} = {_toml(sample)}"


def _is_list_of_sections(annotation: object) -> bool:
    inner = get_args(annotation)
    return bool(inner) and isinstance(inner[0], type) and issubclass(inner[0], BaseModel)


def _sample(key: str, field: FieldInfo, default: object) -> object:
    if not field.is_required() and default not in (None, "", [], {}):
        return default
    choices = get_args(field.annotation)
    if field.is_required() and choices and isinstance(choices[0], str):
        return choices[0]
    if field.examples:
        return field.examples[0]
    return _SAMPLES[key] if key in _SAMPLES or default is None else default


def _summary(kind: type[BaseModel]) -> str:
    return " ".join((kind.__doc__ or "").split())


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_bare(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _bare(key: str) -> str:
    """A key of a table, in quotes where it would be read as several."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
