"""What the ledger shall know of an item after one of its steps was done, and after all of them were."""

from dataclasses import replace
from typing import Final

from calsync.agreed import ANEW, Agreed, Digests, Link
from calsync.contents import digests, fields
from calsync.event_fields import AT, FRAME
from calsync.items import Fields, Item
from calsync.plans.details import NOTHING, level
from calsync.plans.own_ways import other, somebodys
from calsync.plans.refusals import PART, REFUSED, held, said, without
from calsync.spoke import Act
from calsync.steps import Decision, Step, Why

AGAIN: Final = "becomes another as soon as it is put back: left as it is, until somebody changes it"
"""In ``Link.left``. When anything else is to be done there, or the rules are others, it is put back once more."""
UNSEEN: Final = ", changed by somebody"
"""What a version ends with that nobody has."""


def linked(step: Step, item: Item, *, later: bool = False) -> Link:
    """How it stands at the spoke after ``step``, a CREATE or an UPDATE, where ``item`` is what the server told then;
    ``later`` as of calsync.spoke.Written.

    Whatever is another there than it was, and was not written, was changed by somebody in between, and so was what no
    server makes of what was written (:mod:`calsync.plans.own_ways`). It is not taken for what we wrote, and the version
    is one that nobody has: so it is looked at when it is read, and counts then. All else that a server writes its own
    way is no change; nor is what it makes again of what was only put back there, or that would be put back for ever.
    """
    before, told = step.link, fields(item.content)
    made, copies, asked = step.act is Act.CREATE, before.copies if before else 0, digests(step.fields)
    stands, fresh = digests(told), made or before is None
    was = asked if fresh or before is None else before.stood
    again = later and step.why is Why.PUT_BACK and not fresh
    names = _somebodys(step, told, was, fresh=fresh, later=later and not again)
    tugs = other(step.fields, told, {name for name in stands if _written(name, step)}) if again else set()
    kept = {} if fresh else {name: each for name, each in was.items() if not _written(name, step)}
    instead = kept | {name: each for name, each in asked.items() if fresh or _written(name, step)}
    stood = {name: each for name, each in stands.items() if name not in names}
    stood |= {name: instead[name] for name in names if name in instead}
    still = held(before, asked, step.changes) if before is not None and not made else {}
    barred = {name: each for name, each in before.barred.items() if name in still} if before is not None else {}
    return Link(
        spoke=step.spoke,
        key=item.key,
        version=item.version + UNSEEN if names else item.version,
        uid=item.uid,
        asked={**asked, **still, **dict.fromkeys(tugs, ANEW)},
        stood=stood,
        made=made or (before is not None and before.made),
        guarded=item.guarded,
        copies=copies + made,
        left=AGAIN if tugs else said(before.left, barred) if before is not None else "",
        barred=barred,
        worn=step.worn,
    )


def after(agreed: Agreed, step: Step, item: Item | None, *, later: bool = False) -> Agreed:
    """``agreed`` after ``step`` was done; ``item`` is what stands there now, ``later`` whether it may have been changed
    since (calsync.spoke.Written). Still pending."""
    links = dict(agreed.links)
    stands = links.get(step.spoke)
    if item is not None and step.act is not Act.DELETE:
        links[step.spoke] = linked(step, item, later=later)
    elif step.link is not None and stands is not None and stands.key == step.link.key:  # not where a twin was removed
        links[step.spoke] = replace(stands, version="", left="")
    return replace(agreed, links=links)


def refused(agreed: Agreed, step: Step, words: str) -> Agreed:
    """``agreed`` after the spoke said that it will never take what ``step`` asks for: what of it is refused is asked
    again when something else is to stand there, or all is read anew, and all else by itself. A copy that was refused
    keeps a link under which nothing stands."""
    link = agreed.links.get(step.spoke)
    if step.act is Act.CREATE:
        if link is not None and link.version:
            return agreed
        left = replace(link or Link(spoke=step.spoke, key="", version=""), left=REFUSED + words)
        return replace(agreed, links={**agreed.links, step.spoke: left})
    if link is None or step.link is None or link.key != step.link.key:
        return agreed
    left = replace(link, left=REFUSED + words)
    if step.act is Act.UPDATE:
        left = without(link, step.fields, step.changes, words)
    return replace(agreed, links={**agreed.links, step.spoke: left})


def settled(agreed: Agreed, decision: Decision) -> Agreed | None:
    """``agreed`` when all steps of ``decision`` were done: not pending unless it waits for a spoke that took no part,
    or for the next run to find out what a spoke refuses; None where nothing of it is left: the ledger forgets it."""
    if bare(agreed):
        return None
    parts = any(link.left.startswith(PART) for link in agreed.links.values())
    return replace(agreed, pending=decision.waits or parts)


def bare(agreed: Agreed) -> bool:
    """Whether nothing is left that anybody has to know of. Of an item that is not given any more it is known how often
    copies were made of it: it may be given again, and these need other tokens."""
    if agreed.ended:
        return not any(link.version for link in agreed.links.values())
    return level(agreed.fields) == NOTHING and not agreed.links.keys() - {agreed.origin}


def same_uid(agreed: Agreed, link: Link) -> bool:
    """Whether what stands there is, by its UID, the very one that stands, or stood, at the origin."""
    origin = agreed.links.get(agreed.origin)
    return bool(link.uid) and origin is not None and link.uid == origin.uid


def touched(agreed: Agreed) -> bool:
    """Whether anything is pending: something has to be done at a spoke, whatever stopped the run that was to do it."""
    return agreed.pending


def _somebodys(step: Step, told: Fields, was: Digests, *, fresh: bool, later: bool) -> set[str]:
    """The fields that somebody changed right after ``step`` (``fresh``: it made all that stands there). What was
    written, and stands there all the same just as it did before, is one that the server does not let go of."""
    stands, asked = digests(told), digests(step.fields)
    names = {name for name in {*stands, *was} if stands.get(name) != was.get(name)}
    written = names if fresh else {name for name in names if _written(name, step)}
    rest = names - written
    if later and step.why is not Why.PUT_BACK:
        return rest | other(step.fields, told, {name for name in written if stands.get(name) != asked.get(name)})
    return rest | (somebodys(step.fields, told, written) if fresh else set())


def _written(name: str, step: Step) -> bool:
    """Whether a field was written; servers make all occurrences of a series anew when it comes at other times."""
    return name in step.changes or (name.startswith(AT) and not FRAME.isdisjoint(step.changes))
