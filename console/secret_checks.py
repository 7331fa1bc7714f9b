"""Reads what a reference to a secret points to, and says in words what is wrong with the place."""

from pathlib import Path

from console.findings import Finding, error
from service.secrets import Reference, SecretError, resolve


def read(key: str, reference: Reference, directory: Path) -> tuple[str, list[Finding]]:
    """The secret's text, or what is wrong with where it lies."""
    try:
        return resolve(reference, directory).reveal(), []
    except SecretError as problem:
        return "", [error(key, str(problem), _mend(reference, str(problem)))]


def _mend(reference: Reference, problem: str) -> str:
    if reference.kind == "env":
        return "set it before Busyline starts"
    if "cannot be read" in problem:
        return "write the path of a file that Busyline may read"
    if "UTF-8" in problem:
        return "save it again as UTF-8"
    return "put the secret there, or write another path"
