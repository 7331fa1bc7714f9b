"""What the tests of the house look at: the files that git would ship, and the Python in them, parsed once."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".venv", ".git", "node_modules", "__pycache__", "dist", "build"}


@cache
def shipped() -> tuple[str, ...]:
    """Every file of the project, tracked or about to be, relative to its root; from the disk where git is not there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not _NOT_OURS & set(path.parts)]
    return tuple(sorted(name for name in names if name and (ROOT / name).is_file()))


@cache
def text(name: str) -> str | None:
    """The text of a file; None where it is not text."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def parsed(name: str) -> ast.Module:
    """A Python file as a tree."""
    return ast.parse(text(name) or "", name)


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages() -> tuple[str, ...]:
    """The folders at the root that are packages of the product: all but the tests and the benchmarks."""
    found = {name.split("/")[0] for name in shipped() if name.count("/") == 1 and name.endswith("/__init__.py")}
    return tuple(sorted(found - {"tests", "bench"}))


@cache
def python(*folders: str) -> tuple[str, ...]:
    """The Python files below ``folders``; of the whole project without any."""
    return tuple(n for n in shipped() if n.endswith(".py") and (not folders or n.split("/")[0] in folders))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported, wherever in the file: ``from a import b`` gives ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def caught(tree: ast.AST) -> Iterator[tuple[ast.ExceptHandler, str]]:
    """Every handler with the name of each class it catches, without the module it comes from; bare ones give ''."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            for kind in types:
                yield node, "" if kind is None else ast.unparse(kind).rpartition(".")[2]
