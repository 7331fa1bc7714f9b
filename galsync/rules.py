"""How a sync plans: whose stamp it sets, what becomes of each field, and how long somebody who is gone stays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from galsync.entries import How
from galsync.steps import Remedy
from protocols.model.person import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings of a sync say to :func:`galsync.plans.plan.plan`.

    ``sync`` is the name in the stamp. ``fields`` tells what becomes of each field; one that is not in it is left alone.
    ``hides`` is whether the target can hide: where it cannot, "hidden" is not compared, and a retired object is only
    remembered as such. ``grace`` is how long it stays retired before it is removed; without any it is removed at once.
    ``links`` is whether members and managers are objects of the target (``Ability.links``); ``own_domains``
    are those where members alone are, while others are addresses (``Ability.own_domains``).
    ``resolutions`` says for an address in conflict, in lower case, what the administrator decided. ``former`` tells of
    an entry's address by which ones its person was known before they moved: an object of their own that stayed there
    serves as the entry.
    """

    sync: str
    fields: Mapping[Field, How] = field(default_factory=dict)
    hides: bool = True
    links: bool = False
    own_domains: frozenset[str] = frozenset()
    grace: timedelta = timedelta(days=30)
    resolutions: Mapping[str, Remedy] = field(default_factory=dict)
    former: Mapping[str, frozenset[str]] = field(default_factory=dict)
