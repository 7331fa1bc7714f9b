"""Checks whether somebody has signed in wherever a credential belongs to a person; nobody is asked."""

from collections.abc import Iterator
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, error
from console.persons import Wanted, all_wanted, taken_twice
from service.connections import Connections
from service.secrets import SecretError


def check_persons(configuration: Configuration, directory: Path) -> Iterator[Finding]:
    """Each address book or spoke for which nobody has, or somebody else, or through another application."""
    for key, name in taken_twice(configuration).items():
        yield error(key, f"somebody signs in as {name} for another section", "give the hub or the spoke another name")
    for name, person in all_wanted(configuration).items():
        yield from _checked(name, person, Connections.at(directory))


def _checked(name: str, person: Wanted, connections: Connections) -> Iterator[Finding]:
    key, mend = person.key, f"run: busyline connect {name}"
    try:
        kept = connections.load(name)
    except SecretError as wrong:
        what = str(wrong)
        yield error(key, what.removesuffix(f"; {mend}"), mend if what.endswith(mend) else f"mend that, and {mend}")
        return
    if kept.client_id != person.client_id:
        what = f"somebody signed in for {name} through another application than this client_id"
        yield error(key, what, mend)
    elif not kept.account:
        yield error(key, f"nobody knows who has signed in for {name}", mend)
    elif kept.account.lower() != person.account.lower():
        what = f"{kept.account} has signed in for {name}, and the {person.what} is {person.account}"
        yield error(f"{key}.{person.what}", what, mend)
