"""The four "only"s: the network, the wiring, error into answer and error into fault each have one place."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.tree import caught, imports, packages, parsed, python

ZEEP = ("zeep.transports", "zeep.Transport", "zeep.AsyncTransport", "zeep.Client", "zeep.AsyncClient")
CLIENTS = ("aiohttp", "httpx", "ldap", "redis", "requests", "urllib3", "smtplib", "http.client", "urllib.request")
NETWORK = (*CLIENTS, "socket", "ssl", *ZEEP)
SERVER_TYPES = ("aiohttp.web", "aiohttp.web_request", "aiohttp.web_response", "aiohttp.http", "aiohttp.http_exceptions")
INSIDE = tuple(name for name in python(*packages()) if not name.startswith("simulation/"))
PLACES = {  # file or folder: what of the network it may import
    "service/door.py": NETWORK,
    "service/listeners.py": ("socket",),  # what the door listens at
    "service/visit.py": ("aiohttp",),  # one connection of the door's
    "service/prompt.py": ("aiohttp",),  # the same, without a task
    "service/shared_line.py": ("redis",),  # the second level of the cache
    "service/shared_store.py": ("redis",),  # the same
    "service/wire.py": NETWORK,
    "service/wire_blocking.py": NETWORK,
    "service/negotiate.py": NETWORK,
    "service/directory_tunnel.py": ("socket", "ssl"),  # the connection to a directory
    "service/directory_calls.py": ("ldap",),  # what is said over it
    "service/directory_controls.py": ("ldap",),  # the same
    "service/mail.py": ("smtplib", "ssl"),
    "certs/": ("ssl",),  # certificates become contexts here; no connection is made
    "service/body.py": SERVER_TYPES,
    "calsync/notices/front.py": SERVER_TYPES,
    "proxy/fronts/": SERVER_TYPES,
    "proxy/server.py": SERVER_TYPES,
    "proxy/turnstile.py": SERVER_TYPES,
    "proxy/wiring/tls.py": ("ssl",),  # hands the context from certs to the door
    "simulation/": NETWORK,  # servers and callers of their own
    "console/demo": NETWORK,  # plays the operator's side of the simulation
}


def network_imports(tree: ast.AST, allowed: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """What of the network is imported and not ``allowed``."""
    for line, name in imports(tree):
        if _within(name, NETWORK) and not _within(name, allowed):
            yield line, name


def _within(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _allowed(name: str) -> tuple[str, ...]:
    return tuple(m for place, modules in PLACES.items() if name.startswith(place) for m in modules)


def test_the_network_is_touched_in_its_few_places_only() -> None:
    found = {name: list(network_imports(parsed(name), _allowed(name))) for name in python(*packages())}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("code", "allowed", "found"),
    [
        ("import aiohttp", (), ["aiohttp"]),
        ("def f():\n    from httpx import Client", (), ["httpx.Client"]),
        ("from aiohttp import web", SERVER_TYPES, []),
        ("from aiohttp.web import Request", SERVER_TYPES, []),
        ("from aiohttp import ClientSession", SERVER_TYPES, ["aiohttp.ClientSession"]),
        ("import socketserver, sslkeys", (), []),
    ],
)
def test_a_planted_network_import_is_seen(code: str, allowed: tuple[str, ...], found: list[str]) -> None:
    assert [name for _, name in network_imports(ast.parse(code), allowed)] == found


def turned(tree: ast.AST, error: str) -> Iterator[ast.ExceptHandler]:
    """Handlers that catch ``error`` and do not raise on, it or another."""
    for handler, name in caught(tree):
        if name == error and not any(isinstance(node, ast.Raise) for node in ast.walk(handler)):
            yield handler


def answered(name: str, tree: ast.AST) -> list[int]:
    """Lines where an error of a peer is made something else; inside a protocol, only where that is an answer."""
    handlers = [*turned(tree, "PeerError"), *turned(tree, "ProtocolError")]
    return [each.lineno for each in handlers if not name.startswith("protocols/") or "navailable" in ast.unparse(each)]


ANSWERS = (
    "proxy/connector.py",
    "galsync/sides/",  # what a target refuses is an outcome
    "galsync/engine/troubles.py",  # what a reading fails with is told in the report
    "calsync/spokes/",  # what a spoke refuses is an outcome
    "calsync/engine/troubles.py",  # what a reading fails with is told in the report
    "calsync/notices/watching.py",  # a server that promises nothing is told of in the log; the schedule does
)


def test_an_error_becomes_an_answer_in_the_connector_only() -> None:
    found = {name: answered(name, parsed(name)) for name in INSIDE if not name.startswith(ANSWERS)}
    assert {name: lines for name, lines in found.items() if lines} == {}


def faulted(name: str, tree: ast.AST) -> list[int]:
    """Lines where an error of a caller is made something else; inside a protocol, only where that is written out."""
    handlers = turned(tree, "RequestError")
    return [each.lineno for each in handlers if not name.startswith("protocols/") or "encode" in ast.unparse(each)]


def test_an_error_becomes_a_fault_in_the_server_only() -> None:
    servers = ("proxy/server.py", "calsync/notices/front.py")  # the second has one kind of caller, and no dialects
    found = {name: faulted(name, parsed(name)) for name in INSIDE if name not in servers}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("name", "code", "lines"),
    [
        ("proxy/a.py", "try: f()\nexcept RequestError: return None", [2]),
        ("protocols/a.py", "try: f()\nexcept RequestError:\n    return None", []),
        ("protocols/a.py", "try: f()\nexcept RequestError as error:\n    return encode_fault(error)", [2]),
    ],
)
def test_a_planted_fault_is_seen(name: str, code: str, lines: list[int]) -> None:
    assert faulted(name, ast.parse(code)) == lines


@pytest.mark.parametrize(
    ("name", "code", "lines"),
    [
        ("proxy/a.py", "try: f()\nexcept PeerError: pass", [2]),
        ("proxy/a.py", "try: f()\nexcept (OSError, errors.PeerError) as e:\n    g(e)", [2]),
        ("proxy/a.py", "try: f()\nexcept PeerError as e:\n    g()\n    raise", []),
        ("proxy/a.py", "try: f()\nexcept OSError: pass", []),
        ("protocols/a.py", "try: f()\nexcept PeerError:\n    return None", []),
        ("protocols/a.py", "try: f()\nexcept PeerError:\n    return Unavailable()", [2]),
    ],
)
def test_a_planted_handler_is_seen(name: str, code: str, lines: list[int]) -> None:
    assert answered(name, ast.parse(code)) == lines


ASKS = (
    "protocols.google",
    "protocols.graph",
    "protocols.ews.ask",
    "protocols.ews.autodiscover.client",
    "protocols.caldav.ask",
    "protocols.caldav.published",
    "protocols.provider.ask",
)
SERVES = ("protocols.google.front", "protocols.graph.front")  # the other side of the same dialects
LEAF = "proxy.connector.Leaf"
WIRING = (
    "proxy/wiring/",
    "galsync/wiring",
    "galsync/sides/",  # each is one dialect's end; galsync/wiring.py alone ties it to a name
    "galsync/settings/clouds.py",  # where the dialects' hosts are, and which attributes may hold a stamp
    "calsync/wiring",
    "calsync/spokes/",
    "console/demo",  # plays the callers
    "console/asking.py",  # asks a proxy over HTTP as any EWS client would; it ties no name of the settings to it
)


def wires(tree: ast.AST) -> Iterator[str]:
    """Signs that a file ties a name in the settings to what carries it: a protocol's ask, or a leaf."""
    for _, name in imports(tree):
        if _within(name, (*ASKS, LEAF)) and not name.endswith((".CLOUDS", ".Cloud")) and not name.startswith(SERVES):
            yield name


def test_names_are_wired_together_in_the_wiring_only() -> None:
    found = {name: list(wires(parsed(name))) for name in INSIDE if not name.startswith(("protocols/", *WIRING))}
    assert {name: lines for name, lines in found.items() if lines} == {}


PART = re.compile(r"proxy\.wiring\.(?!build\b|Proxy\b)[a-z]")


def test_the_parts_of_the_wiring_are_used_by_the_wiring_only() -> None:
    parts = [(name, each) for name in INSIDE for _, each in imports(parsed(name)) if PART.match(each)]
    constants = {each for _, each in parts if each.rpartition(".")[2].isupper()}
    assert [(name, each) for name, each in parts if not name.startswith("proxy/wiring") and each not in constants] == []


def test_planted_wiring_is_seen() -> None:
    code = "from protocols.google.freebusy import ask\nfrom proxy.connector import Connector, Leaf"
    assert list(wires(ast.parse(code))) == ["protocols.google.freebusy.ask", "proxy.connector.Leaf"]
