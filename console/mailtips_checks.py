"""Checks the mail tips: whether the two switches that belong together are both on, and where one does nothing."""

from collections.abc import Iterator

from console.configuration import Configuration
from console.findings import Finding, note, warning
from proxy.wiring.automatic_replies import ANSWERING


def check_mailtips(configuration: Configuration) -> Iterator[Finding]:
    """Callers with mailtips before connectors that read no automatic replies, and the other way round."""
    hearing = [number for number, caller in enumerate(configuration.callers, 1) if caller.mailtips]
    reading = False
    for name, connector in configuration.connectors.items():
        if not connector.automatic_replies:
            continue
        key = f"connectors.{name}.automatic_replies"
        if not isinstance(connector, ANSWERING):
            what = f"{connector.protocol} knows no automatic replies, so nothing is told of its people"
            yield warning(key, what, "remove it")
        elif not hearing:
            yield note(key, "no caller has mailtips, so nobody's reply is read", "write mailtips = true for a caller")
        else:
            reading = True
    if hearing and not reading:
        what = "no connector reads automatic replies, so every answer is empty"
        yield warning(f"callers[{hearing[0]}].mailtips", what, "write automatic_replies = true for a connector")
