"""Secrets are named and not written in the settings, and print as nothing wherever the code holds them."""

import ast
import importlib
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from console.configuration import Configuration
from service.secrets import Reference, Secret
from tests.house.tree import ROOT, packages, parsed, python

SMELL = re.compile(r"(?:^|_)(?:password|passphrase|secret|token|key|credential|service_account)s?(?:$|_)")
TEXTS = re.compile(r"(?:^|_)(?:password|passphrase|secret|token|credential)s?(?:$|_)")
NO_SECRETS = {  # what only smells: section and key, and why
    "CertificateFiles.key": "the path of a file",
    "CertificatePfx.key": "the path of a file",
    "NoticeCertificateSettings.key": "the path of a file",
    "FederationKey.key": "the path of a file",
    "CertificateAcme.key": "which kind of key",
    "SealedDirectory.key": "the path of a file",
    "FederationSettings.sha1_tokens": "whether",
    "ProxySettings.tokens": "a section",
    "Configuration.tokens": "a section",
}
HELD_IN_THE_OPEN = {  # file:class.field of a dataclass that prints, and why that is no secret
    "console/demo/merger.py:Merger.passwords": "of the demo, made for it and shown to whoever runs it",
}
WRITTEN_OUT = {  # file: why a secret becomes text there
    "service/tokens.py": "the Authorization header itself",
}


def sections(kind: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """``kind`` and every section below it."""
    if kind in seen:
        return seen
    seen.add(kind)
    for field in kind.model_fields.values():
        for inner in _within(field.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                sections(inner, seen)
    return seen


def _within(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _within(argument)


def smelling() -> dict[str, bool]:
    """Each key of the settings that smells of a secret, and whether it is a reference to one."""
    every = {
        getattr(module, name)
        for module in (importlib.import_module(file[:-3].replace("/", ".").removesuffix(".__init__"))
                       for file in python("proxy", "console") if "settings" in file)
        for name in dir(module)
        if isinstance(getattr(module, name), type) and issubclass(getattr(module, name), BaseModel)
    }  # fmt: skip
    found = set[type[BaseModel]]()
    for kind in (Configuration, *sorted(every, key=lambda each: each.__name__)):
        sections(kind, found)
    return {
        f"{kind.__name__}.{name}": Reference in set(_within(field.annotation))
        for kind in found
        for name, field in kind.model_fields.items()
        if SMELL.search(name)
    }


def test_every_key_that_smells_of_a_secret_names_where_it_lies() -> None:
    found = smelling()
    assert sum(found.values()) >= 4
    assert {name for name, referred in found.items() if not referred} - set(NO_SECRETS) == set()


def test_no_exception_is_left_over() -> None:
    assert {name for name, reason in NO_SECRETS.items() if not reason} == set()


def printed(tree: ast.Module) -> Iterator[str]:
    """Fields of dataclasses that smell of a secret, hold text or bytes, and would be printed."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or not any("dataclass" in ast.unparse(d) for d in node.decorator_list):
            continue
        if any("repr=False" in ast.unparse(decorator) for decorator in node.decorator_list):
            continue
        for line in node.body:
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and _is_open(line):
                yield f"{node.name}.{line.target.id}"


def _is_open(line: ast.AnnAssign) -> bool:
    assert isinstance(line.target, ast.Name)
    words = ast.unparse(line.annotation)
    holds = re.search(r"\b(str|bytes|PrivateKey|RSAPrivateKey)\b", words) is not None
    hidden = line.value is not None and "repr=False" in ast.unparse(line.value)
    return bool(TEXTS.search(line.target.id)) and holds and not hidden


def test_no_dataclass_prints_a_secret() -> None:
    inside = [name for name in python(*packages()) if not name.startswith("simulation/")]
    found = {f"{name}:{field}" for name in inside for field in printed(parsed(name))}
    assert found - set(HELD_IN_THE_OPEN) == set()


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("@dataclass\nclass A:\n    password: str", ["A.password"]),
        ("@dataclass(frozen=True)\nclass A:\n    secret: bytes = b''", ["A.secret"]),
        ("@dataclass\nclass A:\n    secret: bytes = field(repr=False)", []),
        ("@dataclass(repr=False)\nclass A:\n    secret: bytes", []),
        ("@dataclass\nclass A:\n    secret: Secret\n    monkey: str", []),
        ("class A:\n    password: str", []),
    ],
)
def test_a_planted_secret_is_seen(code: str, fields: list[str]) -> None:
    assert list(printed(ast.parse(code))) == fields


def revealed(tree: ast.Module) -> Iterator[int]:
    """Lines that reveal a secret inside a log line, an error's text or a format."""
    for node in ast.walk(tree):
        inside = [node] if isinstance(node, ast.JoinedStr | ast.Raise) else [node] if _is_logging(node) else []
        for place in inside:
            yield from (
                each.lineno for each in ast.walk(place) if isinstance(each, ast.Attribute) and each.attr == "reveal"
            )


def _is_logging(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and bool(re.match(r"_?log\w*\.|print$|.*\.print$", ast.unparse(node.func)))


def test_nothing_is_revealed_into_a_text() -> None:
    found = {name: list(revealed(parsed(name))) for name in python(*packages()) if name not in WRITTEN_OUT}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("code", ["f'{a.reveal()}'", "_log.info('x', y=a.reveal())", "raise X(a.reveal())"])
def test_a_planted_revelation_is_seen(code: str) -> None:
    assert list(revealed(ast.parse(code))) == [1]


def test_a_secret_prints_as_three_stars_however_it_is_asked() -> None:
    secret = Secret("hunter2")
    for shown in (str(secret), repr(secret), f"{secret}", f"{secret!r:>10}", f"{[secret]}", f"{ {'a': secret} }"):
        assert "hunter2" not in shown
        assert "***" in shown


def test_the_example_holds_no_secret() -> None:
    lines = (ROOT / "deploy" / "busyline.example.toml").read_text("utf-8").splitlines()
    written = [line.lstrip("#").partition(" = ") for line in lines]
    found = {name: value for name, _, value in written if re.fullmatch(r"\w+", name) and TEXTS.search(name)}
    assert found
    assert {name: v for name, v in found.items() if not re.match(r"\"(env|file):|(true|false)$", v)} == {}
