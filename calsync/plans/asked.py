"""Finds out which fields have to be written at a spoke: those that are not there as they were asked for last."""

from collections.abc import Mapping

from calsync.agreed import ANEW, Link
from calsync.contents import digest
from calsync.event_fields import AT
from calsync.items import Fields
from calsync.plans.details import family
from calsync.plans.draft import Draft
from calsync.plans.getting import NEVER, ours
from calsync.plans.looking import gets_of
from calsync.plans.marks import keeps_marks
from calsync.plans.staying import marked


def asked_of(draft: Draft, link: Link, shown: Fields, *, made: bool) -> dict[str, bytes]:
    """The digests by field of what was asked of the spoke of ``link`` last, as far as that still tells what stands
    there now: where somebody changed a field since, and it is not as in ``shown`` by chance, it is ANEW (write it
    again). ``shown`` is what shall stand there, ``made`` whether it is a copy of ours."""
    spoke, asked = link.spoke, dict(link.asked)
    shares = [name for name in asked if made or _shared(draft, link, name)]
    asked = {name: asked[name] for name in shares}
    for name in _looked_at(draft, spoke, shown, asked, made=made):
        value = shown.get(name)
        stays = _only_marked(draft, spoke, name, value) if made else _gave(draft, spoke, name)
        if stays or digest(value) == link.stood.get(name, b""):
            _put(asked, name, digest(value))
        elif made or name in shown or not _rules_say(draft, link, name):
            asked[name] = ANEW
    return asked


def _shared(draft: Draft, link: Link, name: str) -> bool:
    """Whether what is no copy of ours shares this field with the others: all else there is its own."""
    families = draft.situation.abilities[link.spoke].fields
    return not _rules_say(draft, link, name) and (families is None or family(name) in families)


def _rules_say(draft: Draft, link: Link, name: str) -> bool:
    """Whether the rules alone say what stands in this field of what is no copy of ours."""
    situation, own = draft.situation, not draft.is_origin(link.spoke)
    return ours(name, draft.agreed.fields, gets_of(situation, draft.agreed, link), situation.kind, own=own)


def _looked_at(draft: Draft, spoke: str, shown: Fields, asked: Mapping[str, bytes], *, made: bool) -> frozenset[str]:
    """The fields of which what was seen there now says more than what was asked last: those that somebody changed,
    those that the origin gives for the first time, and those that were to be written anew and stand there by now."""
    look = draft.look
    names = look.changed.get(spoke, frozenset()) - NEVER
    names -= look.own[spoke].withheld if spoke in look.own else frozenset()
    if draft.is_origin(spoke) and look.given is not None:
        names |= {name for name in shown if name not in asked and _gave(draft, spoke, name)}
    stood, anew = look.links[spoke].stood, {name for name, each in asked.items() if each == ANEW}
    anew |= shown.keys() - asked.keys()
    known = {name for name in shown if made and name.startswith(AT)}  # their marks may be there though nobody asked
    names |= {name for name in anew | known if digest(shown.get(name)) == stood.get(name, b"")}
    return names | {name for name in anew if made and _only_marked(draft, spoke, name, shown.get(name))}


def _only_marked(draft: Draft, spoke: str, name: str, value: str | None) -> bool:
    """Whether this field of a copy is as it shall be (``value``), but that somebody marked it as private: that stays
    there, as :mod:`calsync.plans.marks` says."""
    return keeps_marks(draft.situation, draft.agreed) and marked(name, draft.look.raw.get(spoke, {}).get(name), value)


def _gave(draft: Draft, spoke: str, name: str) -> bool:
    """Whether what all agree on is just what this spoke, which is the origin, gave."""
    given = draft.look.given
    if not draft.is_origin(spoke) or given is None or given.fields is None or spoke not in draft.look.raw:
        return False
    return given.fields.get(name) == draft.agreed.fields.get(name)


def _put(asked: dict[str, bytes], name: str, value: bytes) -> None:
    if value:
        asked[name] = value
    else:
        asked.pop(name, None)
