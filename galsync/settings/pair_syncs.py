"""The syncs that a pair stands for: contacts in both directions, and the source's lists and groups."""

from typing import Any, Final

from galsync.settings.pairs import EndSettings, PairSettings
from galsync.settings.syncs import SyncSettings

UNIFIED: Final = "contains(attr.groupTypes, 'Unified')"
"""Of a group: whether it is one of Microsoft 365, rather than a distribution list (Graph, group resource)."""
_PEOPLE: Final = ("user", "room", "equipment")


def people_there(pair: PairSettings) -> str:
    """The name of the sync that makes the source's people contacts at the destination."""
    return f"{pair.name}.to-destination"


def people_back(pair: PairSettings) -> str:
    """The name of the sync the other way round."""
    return f"{pair.name}.to-source"


def groups_there(pair: PairSettings) -> str:
    """The name of the sync that brings the source's lists and groups."""
    return f"{pair.name}.groups"


def syncs_of(pair: PairSettings) -> tuple[SyncSettings, ...]:
    """The syncs of ``pair``, in the order in which they are run: people, people back, groups.

    Accounts that the pair made at the destination bear its stamp, and so nobody reads them back: they are people of the
    source already.
    """
    source, destination = pair.ends
    found = []
    if pair.contacts:
        found += [discovering(pair), _people(people_back(pair), destination, source)]
    if pair.distribution_lists or pair.groups:
        copied = {"groups": "groups", "group_address": pair.group_address} if pair.group_address else {}
        found.append(_sync(groups_there(pair), source, destination, include=_lists(pair), **copied))
    return tuple(found)


def every_sync_of(pair: PairSettings) -> tuple[SyncSettings, ...]:
    """The syncs that ``pair`` may have had, whatever of it is switched off by now: those it has, then the others."""
    asked = syncs_of(pair)
    whole = syncs_of(pair.model_copy(update={"contacts": True, "distribution_lists": True, "groups": True}))
    return (*asked, *(sync for sync in whole if sync.name not in {each.name for each in asked}))


def discovering(pair: PairSettings) -> SyncSettings:
    """The sync that says who the source's people are, whether it is run or not."""
    return _people(people_there(pair), *pair.ends)


def _people(name: str, of: EndSettings, at: EndSettings) -> SyncSettings:
    return _sync(name, of, at, groups="none", include={"domains": [of.domain], "kinds": list(_PEOPLE)})


def _lists(pair: PairSettings) -> dict[str, Any]:
    asked: dict[str, Any] = {"domains": [pair.source.domain], "kinds": ["group"]}
    if not (pair.distribution_lists and pair.groups):
        asked["where"] = UNIFIED if pair.groups else f"not {UNIFIED}"
    return asked


def _sync(name: str, of: EndSettings, at: EndSettings, **more: Any) -> SyncSettings:
    told = {"name": name, "from": [of.directory], "to": at.exchange, "as": "mail-contact", **more}
    return SyncSettings.model_validate(told)
