"""Checks by which accounts connectors ask, and whether their budgets say what they seem to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, warning
from console.sign_in_checks import account_of, check_sign_in
from proxy.settings.connectors import ConnectorSettings, EwsConnector, GoogleConnector, GraphConnector


def check_upstream(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Secrets of further accounts, limits counted twice, and help for late calls that would never come."""
    for name, connector in configuration.connectors.items():
        section = f"connectors.{name}"
        if isinstance(connector, EwsConnector):
            for number, further in enumerate(connector.by_account[1:], 1):
                yield from check_sign_in(f"{section}.further_accounts[{number}]", further, directory, now)
        written = connector.model_fields_set
        if "overdue" in written and connector.extra_calls and connector.overdue >= connector.deadline / 2:
            what = "nothing is asked again in the second half of the deadline, and sooner nothing is that late"
            yield warning(f"{section}.overdue", what, "write a shorter time, or extra_calls = 0")
    yield from _asking_together(configuration)


def _asking_together(configuration: Configuration) -> Iterator[Finding]:
    """Each section that asks by the account of one before it; of several accounts of the same two, the first."""
    carried: dict[_Account, str] = {}
    told: set[tuple[str, str]] = set()
    for name, connector in configuration.connectors.items():
        for account in _accounts(connector):
            before = carried.setdefault(account, name)
            if before != name and (before, name) not in told:
                told.add((before, name))
                what = f"{account.words} asks for {before} as well, and each section counts for itself"
                yield warning(f"connectors.{name}", what, f"write in {account.keys} what is left beside {before}")


@dataclass(frozen=True, slots=True)
class _Account:
    """What the other side counts calls of, in words; ``at`` tells two of the same name apart.

    ``keys`` hold how many calls it may make.
    """

    words: str
    keys: str = "budget or total_budget"
    at: str = ""


def _accounts(connector: ConnectorSettings) -> Iterator[_Account]:
    """The most particular first."""
    if isinstance(connector, GoogleConnector):
        yield _Account(f"the service account {connector.service_account}")
    elif isinstance(connector, GraphConnector):
        yield from (_Account(f"the anchor {anchor}") for anchor in connector.anchors)
        tenant = connector.tenant.lower()
        yield _Account(f"the application {connector.client_id.lower()} of {tenant}", "total_budget")
    elif isinstance(connector, EwsConnector):
        signs_in = dict.fromkeys(account_of(each.auth) for each in connector.by_account)
        yield from (_Account(f"the account {who}", "concurrency and budget", connector.url.lower()) for who in signs_in)
