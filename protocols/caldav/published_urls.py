"""Where each person's file is published: by name, or by a template that no address can lead out of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from protocols.model.mailbox import Mailbox

PARTS: Final = ("{local}", "{domain}", "{address}")
_STRANGE: Final = frozenset("/%\\")


@dataclass(frozen=True, slots=True)
class Published:
    """The address of one person's file. ``common``: it is on the server that holds everybody's."""

    url: str = field(repr=False)  # it may be all the secret there is
    common: bool


class PublishedUrls:
    """Finds files: in ``people`` (URLs by canonical address) first, else by ``template``."""

    def __init__(self, template: str | None, people: Mapping[str, str]) -> None:
        self._template, self._people = template, people
        self._origin = urlsplit(template)[:2] if template else ("", "")

    def find(self, mailbox: Mailbox) -> Published | None:
        """Where the mailbox's file is; None where nobody has said, or the address cannot stand in a template."""
        own = self._people.get(mailbox.address)
        if own is not None:
            return Published(own, urlsplit(own)[:2] == self._origin)
        if self._template is None or not fits(mailbox.local):
            return None
        url = self._template
        for part, text in zip(PARTS, (mailbox.local, mailbox.domain, mailbox.address), strict=True):
            url = url.replace(part, quote(text, safe=""))  # quoted text has no braces: nothing is replaced twice
        return Published(url, True)


def fits(local: str) -> bool:
    """Whether ``local`` stays within its place in a path however often a server decodes it: it is no ``..``, begins
    and ends with no dot, and holds neither a slash nor a percent sign."""
    return not (_STRANGE & set(local) or ".." in local or local.startswith(".") or local.endswith("."))
