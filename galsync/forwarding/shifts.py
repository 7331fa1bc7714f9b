"""Plans the forwarders of people who move: what stands at the mailbox that is left, what shall, and what must not."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from galsync.forwarding.following import Mail
from galsync.forwarding.forwards import NOWHERE, Forward, Post
from galsync.people.moved import Mover


class Shifting(Enum):
    """What becomes of one forwarder."""

    SET = "forward"
    RESTORE = "give back"
    REMEMBER = "remember"
    """Nothing is written: the record learns what was written before a kill."""
    FORGET = "forget"
    """Nothing is written: what stood there before stands there again."""
    LEFT = "leave"
    """Nothing is written: somebody changed it, or there is nothing to change. Named."""
    REFUSED = "refuse"
    """Nothing is written: mail would go in a circle, or to nobody. Named."""


_PUT_BACK: Final = "write the line again and roll it back, or end the forwarding by hand"
WRITES: Final = frozenset({Shifting.SET, Shifting.RESTORE})


@dataclass(frozen=True, slots=True)
class Record:
    """What was written for somebody: ``before`` stood there, ``after`` was put in its place; ``done``: it is known to
    have been written, and not only begun."""

    key: str
    before: Forward
    after: Forward
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One person's forwarder: from ``before`` to ``after``. ``mailbox`` is the address at the side that is left;
    ``kept`` what is given back one day."""

    act: Shifting
    mailbox: str
    post: Post | None = None
    before: Forward = NOWHERE
    after: Forward = NOWHERE
    kept: Forward = NOWHERE
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of one forwarder's people, by their address at the side that is left: their ``posts`` there, and
    ``records`` of what was written. ``beyond`` are the mailboxes of the new side by any address asked for; None where
    nobody looks there. ``shall`` says what a mover's mailbox forwards to, or why it cannot in words. ``listed`` are all
    on the list, planned for now or not; None where nobody says so.
    """

    posts: Mapping[str, Post]
    records: Mapping[str, Record]
    shall: Callable[[Mover], Forward | str]
    beyond: Mapping[str, Post] | None = None
    at: str = ""
    there: str = ""
    listed: Collection[str] | None = None


def planned(movers: Iterable[Mover], situation: Situation) -> list[Shift]:
    """What has to be done, in the order of ``movers``; nothing for those of whom all is as it shall be::

        moved  record  stands there          then
        yes    -       no mailbox            LEFT
        yes    no      as it shall           nothing: it is nobody's but its maker's
        yes    no      otherwise             SET
        yes    yes     as written            nothing; REMEMBER where the write was only begun
        yes    begun   as before             SET
        yes    yes     anything else         LEFT: somebody changed it since
        no     no      anything              nothing
        no     yes     as written            RESTORE
        no     yes     as before             FORGET
        no     yes     anything else, gone   LEFT: somebody changed it since

    Where a script was laid that nobody has seen done, what stands there is in doubt: SET and RESTORE then, which hand
    over what is right in either case.

    A SET that would lead mail in a circle or to nobody is REFUSED. Planned again once it was done, nothing is left
    but what is LEFT and REFUSED.
    """
    movers = list(movers)
    mail = _mail(movers, situation)
    shifts = [_forth(mover, situation, mail) if mover.there else _back(mover, situation) for mover in movers]
    known = {mover.left for mover in movers}.union(situation.records if situation.listed is None else situation.listed)
    dropped = sorted(mailbox for mailbox in situation.records if mailbox not in known)
    return [shift for shift in (*shifts, *(_dropped(each, situation) for each in dropped)) if shift is not None]


def _mail(movers: Sequence[Mover], situation: Situation) -> Mail:
    """How mail goes once all of it is done."""
    shall = {
        mover.left: to.address for mover in movers if mover.there and isinstance(to := situation.shall(mover), Forward)
    }
    return Mail(situation.posts, situation.beyond or {}, shall)


def _dropped(mailbox: str, situation: Situation) -> Shift | None:
    """Of whom a record is left and no line of the list: nobody would give back what stood there, in silence."""
    record, post = situation.records[mailbox], situation.posts.get(mailbox)
    if post is not None and post.forward.same(record.before) and (post.script is None or post.script.waits is None):
        return Shift(act=Shifting.FORGET, mailbox=mailbox, post=post, before=post.forward, after=record.before)
    note = f"is on the list no more, and was set to forward to {record.after}: {_PUT_BACK}"
    return Shift(act=Shifting.LEFT, mailbox=mailbox, post=post, after=record.before, note=note)


def _forth(mover: Mover, situation: Situation, mail: Mail) -> Shift | None:
    post, record = situation.posts.get(mover.left), situation.records.get(mover.left)
    shall = situation.shall(mover)
    if isinstance(shall, str):
        return Shift(act=Shifting.REFUSED, mailbox=mover.left, note=shall)
    if post is None:
        note = f"{situation.at} has no mailbox of this address: nothing comes there that could be forwarded"
        return Shift(act=Shifting.LEFT, mailbox=mover.left, after=shall, note=note)
    stands = post.forward
    kept = record.before if record is not None else stands
    waits = post.script is not None and post.script.waits is not None
    if stands.same(shall) and (record is None or record.done) and not waits:
        return None
    shift = Shift(act=Shifting.SET, mailbox=mover.left, post=post, before=stands, after=shall, kept=kept)
    if record is not None and stands.same(record.after) and stands.same(shall) and not waits:
        return _with(shift, Shifting.REMEMBER)
    known = waits or record is None or stands.same(record.after) or (not record.done and stands.same(record.before))
    if not known:
        return _with(shift, Shifting.LEFT, "somebody changed it since it was written: it is left as it is")
    words = post.readonly or _circle(mover, shall, post, situation, mail)
    return _with(shift, Shifting.REFUSED, words) if words else _with(shift, Shifting.SET, _by_script(post))


def _back(mover: Mover, situation: Situation) -> Shift | None:
    post, record = situation.posts.get(mover.left), situation.records.get(mover.left)
    if record is None:
        return None
    if post is None:
        note = f"{situation.at} has no mailbox of this address any more: nothing can be given back"
        return Shift(act=Shifting.LEFT, mailbox=mover.left, after=record.before, note=note)
    stands = post.forward
    shift = Shift(
        act=Shifting.RESTORE, mailbox=mover.left, post=post, before=stands, after=record.before, kept=record.before
    )
    waits = post.script is not None and post.script.waits is not None
    if stands.same(record.before) and not waits:
        return _with(shift, Shifting.FORGET)
    if not stands.same(record.after) and not waits:
        return _with(shift, Shifting.LEFT, "somebody changed it since it was written: it is left as it is")
    if post.readonly:
        return _with(shift, Shifting.REFUSED, post.readonly)
    return _with(shift, Shifting.RESTORE, _by_script(post))


def _by_script(post: Post) -> str:
    """What has to be done before it counts; "" where it is written at once."""
    if post.script is None:
        return ""
    if post.script.words:
        return f"not done when the script was run: {post.script.words}"
    if post.script.waits is not None:
        return f"a script was laid and not seen done yet: run {post.script.path}, and copy back what it exports"
    return "by a script that has to be run: nothing is forwarded otherwise before"


def _circle(mover: Mover, shall: Forward, post: Post, situation: Situation, mail: Mail) -> str:
    """Why mail would never arrive, in words with a remedy; "" where nothing speaks against it."""
    if shall.address in {*post.addresses, mover.left}:
        return f"{shall.address} is this very mailbox: write to, with an address that leads to the new side alone"
    if situation.beyond is None:
        return ""
    new = situation.beyond.get(shall.address)
    if new is None:
        return f"{situation.there} has no mailbox {shall.address}: mail would go to nobody; make it first"
    hops = mail.circle(mover.left)
    if len(hops) > 2:
        return f"mail would go in a circle, {' -> '.join(hops)}: end one of these first"
    if hops:
        return f"the mailbox at {situation.there} forwards back to {new.forward.address}, in a circle: end that first"
    return ""


def _with(shift: Shift, act: Shifting, note: str = "") -> Shift:
    return replace(shift, act=act, note=note)
