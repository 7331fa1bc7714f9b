"""The annotated example configuration, generated from the settings classes so that no key can be missing from it."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from console.configuration import Configuration
from proxy.settings.callers import BasicCaller, CallerSettings
from proxy.settings.certificate import Certificate, CertificateFiles
from proxy.settings.connectors import EwsConnector, GoogleConnector, GraphConnector
from proxy.settings.routes import RoomsSettings, RouteSettings
from proxy.settings.server import CacheSettings, ServerSettings

_HEAD = """\
The configuration of Busyline: who may ask, about whom, and which calendar system answers.

A key with a # right before it shows its default, or what could be written there: remove the # to set it.
Unknown keys are errors: `busyline check` names file, line, key and remedy of every mistake.
A secret is never written here, only where it lies: "env:NAME", or "file:path" relative to this file.
Lengths of time are written "500ms", "8s", "2m" or "1h"."""

_Values = Mapping[str, Any]
_SAMPLES = {
    "ca": "private-ca.pem",
    "deadline": "8s",
    "login_url": "https://login.microsoftonline.com",
    "graph_url": "https://graph.microsoft.com",
    "api_url": "https://www.googleapis.com",
}
_CONNECTORS: dict[str, tuple[type[BaseModel], _Values]] = {
    "contoso": (
        GraphConnector,
        {"client_id": "00000000-0000-0000-0000-000000000000", "certificate": "file:contoso.pem"},
    ),
    "northwind": (GoogleConnector, {}),
    "fabrikam": (EwsConnector, {}),
}
_ROUTES: tuple[_Values, ...] = (
    {"match": "northwind.example", "via": "northwind"},
    {"match": "contoso.example", "via": "contoso"},
    {"match": "fabrikam.example", "via": "fabrikam"},
)
_CALLERS: tuple[tuple[_Values, _Values], ...] = (
    (
        {
            "organisation": "Northwind",
            "never_via": ["northwind"],
            "faults": "per-mailbox",
            "always_events": True,
        },
        {},
    ),
    (
        {
            "name": "contoso-exchange-online",
            "organisation": "Contoso",
            "may_ask": ["northwind.example"],
            "never_via": ["contoso"],
        },
        {"usernames": ["busyline@contoso.example"], "password": "file:contoso.hash"},
    ),
    (
        {
            "name": "fabrikam-exchange",
            "organisation": "Fabrikam",
            "may_ask": ["northwind.example"],
            "never_via": ["fabrikam"],
        },
        {"usernames": ["busyline@fabrikam.example"], "password": "file:fabrikam.hash"},
    ),
)


def example() -> str:
    """The whole example as TOML; it passes the loader as it stands."""
    blocks = [_comment(_HEAD), "", *_server(), *_section("cache", CacheSettings, {}), *_connectors(), *_routes()]
    blocks += [*_callers(), *_section("rooms", RoomsSettings, {}), *_complete()]
    return "\n".join(blocks).rstrip() + "\n"


def _server() -> Iterator[str]:
    yield from _section("server", ServerSettings, {"listen": ["0.0.0.0:443"]})
    first = True
    for kind in get_args(get_args(Certificate)[0]):
        lines = [_comment(_summary(kind)), "[server.certificate]", *_keys(kind, {})]
        yield from lines if first else [line if line.startswith("#") else f"#{line}" for line in lines]
        yield ""
        first = kind is not CertificateFiles and first


def _connectors() -> Iterator[str]:
    yield _comment("The calendar systems: one section each, under a name of your choice.")
    for name, (kind, values) in _CONNECTORS.items():
        yield from _section(f"connectors.{name}", kind, values)
        for key, field in kind.model_fields.items():
            if _is_section(field.annotation):
                yield from _section(f"connectors.{name}.{key}", field.annotation, {})


def _routes() -> Iterator[str]:
    yield from _section("[routes]", RouteSettings, _ROUTES[0])
    for values in _ROUTES[1:]:
        yield from ["[[routes]]", *(f"{key} = {_toml(value)}" for key, value in values.items()), ""]


def _callers() -> Iterator[str]:
    values, basic = _CALLERS[0]
    yield from _section("[callers]", CallerSettings, values)
    yield from _section("callers.basic", BasicCaller, basic)
    for values, basic in _CALLERS[1:]:
        yield "[[callers]]"
        yield from (f"{key} = {_toml(value)}" for key, value in values.items())
        yield from [f"basic = {_toml(basic)}", ""]


def _complete() -> Iterator[str]:
    """Nothing; a section that was added to the configuration and not to this file is an error here."""
    shown = {"server", "cache", "connectors", "routes", "callers", "rooms"}
    if missing := set(Configuration.model_fields) - shown:
        raise NotImplementedError(f"the example shows nothing of {sorted(missing)}")
    yield from ()


def _section(name: str, kind: type[BaseModel] | Any, values: _Values) -> Iterator[str]:
    yield from [_comment(_summary(kind)), f"[{name}]", *_keys(kind, values), ""]


def _keys(kind: type[BaseModel], values: _Values) -> Iterator[str]:
    """Each key with its description above it; optional ones behind a # unless ``values`` gives them."""
    defaults = kind.model_construct().model_dump(mode="json", exclude_none=True)
    fields = [(key, field) for key, field in kind.model_fields.items() if not _is_section(field.annotation)]
    for key, field in sorted(fields, key=lambda item: not (item[0] in values or item[1].is_required())):
        if field.discriminator:
            continue
        if field.description:
            yield _comment(field.description)
        sample = values[key] if key in values else _sample(key, field, defaults.get(key))
        written = key in values or field.is_required()
        yield f"{'' if written else '#'}{key} = {_toml(sample)}"


def _sample(key: str, field: FieldInfo, default: object) -> object:
    if not field.is_required() and default not in (None, ""):
        return default
    choices = get_args(field.annotation)
    if field.is_required() and choices and isinstance(choices[0], str):
        return choices[0]
    return field.examples[0] if field.examples else _SAMPLES[key]


def _is_section(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _summary(kind: type[BaseModel]) -> str:
    return " ".join((kind.__doc__ or "").split())


def _comment(text: str) -> str:
    lines = (textwrap.wrap(line, 110) or [""] for line in text.splitlines())
    return "\n".join(f"# {line}".rstrip() for wrapped in lines for line in wrapped)


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)
