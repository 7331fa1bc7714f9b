"""Checks by which accounts connectors ask, and whether their budgets say what they seem to."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from console.configuration import Configuration
from console.findings import Finding, warning
from console.sign_in_checks import check_sign_in
from proxy.settings.connectors import ConnectorSettings, EwsConnector, GoogleConnector, GraphConnector


def check_upstream(configuration: Configuration, directory: Path, now: datetime) -> Iterator[Finding]:
    """Secrets of further accounts, limits counted twice, and help for late calls that would never come."""
    carried: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, connector in configuration.connectors.items():
        section = f"connectors.{name}"
        if isinstance(connector, EwsConnector):
            for number, further in enumerate(connector.by_account[1:], 1):
                yield from check_sign_in(f"{section}.further_accounts[{number}]", further, directory, now)
        written = connector.model_fields_set
        if "overdue" in written and connector.extra_calls and connector.overdue >= connector.deadline / 2:
            what = "nothing is asked again in the second half of the deadline, and sooner nothing is that late"
            yield warning(f"{section}.overdue", what, "write a shorter time, or extra_calls = 0")
        for each in _accounts(connector):
            carried[each].append(name)
    for (kind, account), names in carried.items():
        for name in names[1:]:
            what = f"{kind} {account} asks for {names[0]} as well, and each section counts for itself"
            yield warning(f"connectors.{name}", what, f"write in budget or total_budget what is left beside {names[0]}")


def _accounts(connector: ConnectorSettings) -> Iterator[tuple[str, str]]:
    """What the other side counts calls of."""
    if isinstance(connector, GoogleConnector):
        yield "the service account", str(connector.service_account)
    elif isinstance(connector, GraphConnector):
        yield from (("the anchor", anchor) for anchor in connector.anchors)
