"""Checks [tokens]: that its signing keys can be kept and read, as `serve` needs them, and that somebody uses them."""

from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error, note
from console.writable_checks import check_writable
from proxy.auth.signing_keys import stored
from service.secrets import SecretError


def check_tokens(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """The directory and the keys in it, where a caller asks for tokens; nothing is made or changed."""
    callers, written = configuration.callers, configuration.model_fields_set
    if all(caller.microsoft is None for caller in callers) and "microsoft" in written:
        yield note("microsoft", "no caller has microsoft, so it changes nothing", "remove it, or give a caller its own")
    if all(caller.oauth is None for caller in callers):
        if "tokens" in written:
            yield note("tokens", "no caller has oauth, so no token is issued", "remove it, or give a caller its own")
        return
    place = (directory / configuration.tokens.directory).absolute()
    found = list(check_writable("tokens.directory", place))
    yield from found
    if not any(each.severity == "error" for each in found):
        yield from _keys(place)


def _keys(place: Path) -> Iterator[Finding]:
    try:
        stored(place)
    except SecretError as problem:
        what, _, mend = str(problem).partition(": ")
        yield error("tokens.directory", what, mend)
    except OSError as problem:
        what = f"{problem.filename} cannot be read: {problem.strerror}"
        yield error("tokens.directory", what, "let the user that Busyline runs as have it (chown)")
