"""What may be written in the configuration, and what a mistake is answered with."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from protocols.model.freebusy import Detail
from proxy.settings import ProxySettings
from tests.proxy.served import USER, configuration

Change = Callable[[dict[str, Any]], object]


def test_the_defaults_are_the_narrow_ones() -> None:
    settings = ProxySettings.model_validate(configuration())
    caller = settings.callers[0]
    assert (caller.sees, caller.rooms_see, caller.unknown_as) == (Detail.BUSY, Detail.BUSY, "error")
    del (written := configuration())["server"]["metrics_listen"], written["server"]["listen"]
    server = ProxySettings.model_validate(written).server
    assert all(address.is_loopback for address in (*server.metrics_listen, *server.listen))
    assert settings.rooms.match == ("*@resource.calendar.google.com",)


def test_addresses_are_taken_in_any_spelling() -> None:
    written = configuration(may_ask=["Contoso.Example", "*.Bücher.example", "SMTP:Ann@X.example", "*"])
    settings = ProxySettings.model_validate(written)
    assert settings.callers[0].may_ask == ("contoso.example", "*.xn--bcher-kva.example", "ann@x.example", "*")


_GRAPH = {"protocol": "graph", "tenant": "t", "client_id": "c", "anchors": ["fb@contoso.example"]}
_GOOGLE = {"protocol": "google", "service_account": "file:x.json", "subject": "target"}


def _namesake(caller: dict[str, Any]) -> dict[str, Any]:
    return {**caller, "name": "other", "basic": {**caller["basic"], "usernames": [USER.upper()]}}


MISTAKES: list[tuple[str, Change, tuple[str | int, ...], str]] = [
    ("unknown key", lambda c: c["server"].update(lisen=["x:1"]), ("server", "lisen"), "Extra inputs"),
    ("may_ask missing", lambda c: c["callers"][0].pop("may_ask"), ("callers", 0, "may_ask"), "Field required"),
    ("may_ask nonsense", lambda c: c["callers"][0].update(may_ask=["a b"]), ("callers", 0, "may_ask", 0), '"*.domain"'),
    ("secret written", lambda c: c["callers"][0]["basic"].update(password="x"), ("callers", 0, "basic", "password"),
     '"file:path"'),
    ("route to nowhere", lambda c: c["routes"][0].update(via="fabricam"), ("routes", 0, "via"), '"fabrikam"'),
    ("route twice", lambda c: c["routes"].append({"match": "FABRIKAM.example", "via": "fabrikam"}),
     ("routes", 1, "match"), "remove one"),
    ("bad template", lambda c: c["routes"][0].update(rewrite="{lokal}@x"), ("routes", 0, "rewrite"), "{local}@"),
    ("never_via nobody", lambda c: c["callers"][0].update(never_via=["x"]), ("callers", 0, "never_via", 0),
     '"fabrikam"'),
    ("caller twice", lambda c: c["callers"].append(c["callers"][0]), ("callers", 1, "name"), "its own name"),
    ("user name twice", lambda c: c["callers"].append(_namesake(c["callers"][0])),
     ("callers", 1, "basic", "usernames", 0), '"northwind"'),
    ("http with TLS", lambda c: c["server"].update(certificate={"kind": "first-run", "directory": "d"}),
     ("server", "public_url"), '"https://busy.example.com"'),
    ("path in public_url", lambda c: c["server"].update(public_url="https://x.example/ews"), ("server", "public_url"),
     '"https://busy.example.com"'),
    ("duration", lambda c: c["server"].update(deadline="8"), ("server", "deadline"), '"8s"'),
    ("plain EWS", lambda c: c["connectors"]["fabrikam"].update(url="http://mail.x/EWS"),
     ("connectors", "fabrikam", "ews", "url"), "https"),
    ("two proofs", lambda c: c["connectors"].update(g={**_GRAPH, "secret": "env:A", "certificate": "file:b"}),
     ("connectors", "g", "graph"), "exactly one"),
    ("no anchor", lambda c: c["connectors"].update(g={**_GRAPH, "secret": "env:A", "anchors": []}),
     ("connectors", "g", "graph", "anchors"), "at least one"),
    ("five at once", lambda c: c["connectors"].update(g={**_GRAPH, "secret": "env:A", "concurrency": 5}),
     ("connectors", "g", "graph", "concurrency"), "less than or equal to 4"),
    ("subject", lambda c: c["connectors"].update(g={**_GOOGLE, "subject": "freebusy"}),
     ("connectors", "g", "google", "subject"), '"target"'),
    ("protocol", lambda c: c["connectors"].update(g={"protocol": "notes"}), ("connectors", "g"), "'graph'"),
    ("room", lambda c: c.update(rooms={"match": ["rooms"]}), ("rooms", "match", 0), '"*@rooms.example.com"'),
    ("listen", lambda c: c["server"].update(listen=[443]), ("server", "listen", 0), '"0.0.0.0:443"'),
    ("nowhere", lambda c: c["server"].update(listen=[]), ("server", "listen"), "at least one"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place", "words"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_is_told_at_its_key_with_what_to_write(change: Change, place: object, words: str) -> None:
    written = configuration()
    change(written)
    with pytest.raises(ValidationError) as raised:
        ProxySettings.model_validate(written)
    (error,) = raised.value.errors()
    assert error["loc"] == place
    assert words in error["msg"]


def test_several_mistakes_are_told_together() -> None:
    written = configuration(never_via=["x"])
    written["routes"][0]["via"] = "y"
    with pytest.raises(ValidationError) as raised:
        ProxySettings.model_validate(written)
    assert [error["loc"][0] for error in raised.value.errors()] == ["routes", "callers"]


def test_every_key_is_described() -> None:
    seen: set[type[BaseModel]] = set()

    def walk(kind: object) -> None:
        for part in getattr(kind, "__args__", ()):
            walk(part)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
            seen.add(kind)
            for name, field in kind.model_fields.items():
                if kind is not ProxySettings and name not in {"protocol", "kind"}:  # the section's summary says those
                    assert field.description, (kind, name)
                walk(field.annotation)

    walk(ProxySettings)
    assert len(seen) > 10
