"""Checks that no file with a secret in it stands open to everybody who has an account on this machine."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from console.findings import Finding, warning
from service.secrets import Reference

_OTHERS_READ, _OTHERS_ENTER = 0o004, 0o001
_PRIVATE = {"key", "file"}  # paths under these names are those of private keys, in PEM or PFX


def check_secrecy(settings: BaseModel, directory: Path) -> Iterator[Finding]:
    """Every file of a secret or of a private key, by its key; group members are taken as meant."""
    for key, path in _files("", settings, directory):
        if is_open_to_others(path):
            yield warning(key, f"{path} can be read by everybody on this machine", f"chmod 0640 {path}")


def is_open_to_others(path: Path) -> bool:
    """Whether neither the file nor a directory on the way to it keeps other users out."""
    try:
        real = path.resolve(strict=True)
        entered = all(each.stat().st_mode & _OTHERS_ENTER for each in real.parents)
        return entered and real.is_file() and bool(real.stat().st_mode & _OTHERS_READ)
    except OSError:
        return False  # what cannot be read is told elsewhere


def _files(key: str, value: object, directory: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(value, Reference):
        if value.kind == "file":
            yield key, directory / value.place
    elif isinstance(value, Path):
        if key.rpartition(".")[2] in _PRIVATE:
            yield key, directory / value
    else:
        for inner, each in _inside(value):
            yield from _files((key + inner).removeprefix("."), each, directory)


def _inside(value: object) -> Iterator[tuple[str, object]]:
    """What a section, a table or a list holds, each with what its key goes on with."""
    if isinstance(value, BaseModel):
        yield from ((f".{name}", getattr(value, name)) for name in type(value).model_fields)
    elif isinstance(value, Mapping):
        yield from ((f".{name}", each) for name, each in value.items())
    elif isinstance(value, tuple):
        yield from ((f"[{number}]", each) for number, each in enumerate(value, 1))
