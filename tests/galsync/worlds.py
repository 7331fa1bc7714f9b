"""Small random address books, people who are wanted in them, and ledgers that are right, behind or lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from galsync.entries import Agreement, Entry, Form, Held, How, Stamp
from galsync.plans.fields import agreement
from galsync.rules import Rules
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.galsync.interpreter import World

NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
SYNC: Final = "fabrikam"
RULES: Final = Rules(
    sync=SYNC,
    fields={
        Field.DISPLAY_NAME: How.WRITE,
        Field.TITLE: How.WRITE,
        Field.PHONE: How.OVERWRITE,
        Field.FAX: How.CLEAR,
    },
    grace=timedelta(days=7),
)
ANCHORS: Final = tuple(f"ad:{number}" for number in range(6))
ADDRESSES: Final = tuple(f"{name}@fabrikam.example" for name in ("ann", "bob", "cid", "dan", "eve", "fay"))
ALIASES: Final = ("X500:/o=F/cn=Ann", "X500:/o=F/cn=Bob", "old@fabrikam.example", "more@fabrikam.example")
FORMS: Final = (Form.MAIL_CONTACT, Form.MAIL_USER)

texts: Final = st.dictionaries(
    st.sampled_from((*RULES.fields, Field.NOTES)), st.sampled_from(("one", "two", "three")), max_size=4
)
photos: Final = st.sampled_from((b"", b"", b"", b"smile"))


def entry(anchor: str = "ad:0", address: str = "ann@fabrikam.example", **more: Any) -> Entry:
    """Somebody who is wanted, as a mail contact where nothing else is said."""
    return replace(Entry(anchor=anchor, form=Form.MAIL_CONTACT, address=Mailbox.parse(address)), **more)


def held(key: str = "k1", anchor: str | None = "ad:0", address: str = "ann@fabrikam.example", **more: Any) -> Held:
    """What stands there, as a mail contact of ours; ``anchor`` None for somebody else's."""
    mailbox = Mailbox.parse(address)
    stamp = Stamp(SYNC, anchor) if anchor else None
    made = Held(key=key, stamp=stamp, form=Form.MAIL_CONTACT, address=mailbox, addresses=frozenset({mailbox.address}))
    return replace(made, **more)


def agreed_on(entry: Entry, key: str = "k1", rules: Rules = RULES, **more: Any) -> dict[str, Agreement]:
    """A ledger that knows that ``entry`` was written."""
    return {entry.anchor: replace(agreement(entry, key, rules), **more)}


@st.composite
def wanted(draw: st.DrawFn, *, doubles: bool = False) -> dict[str, Entry]:
    """Who shall stand there; ``doubles``: two may want one address."""
    free, aliases, found = list(ADDRESSES), list(ALIASES), {}
    for anchor in draw(st.lists(st.sampled_from(ANCHORS), unique=True, max_size=5)):
        address = draw(st.sampled_from(free))
        if not doubles:
            free.remove(address)
        mine = tuple(alias for alias in list(aliases) if draw(st.integers(0, 3)) == 0)
        aliases = [alias for alias in aliases if alias not in mine]
        form = draw(st.sampled_from((Form.MAIL_CONTACT, Form.MAIL_CONTACT, Form.MAIL_USER)))
        found[anchor] = entry(
            anchor,
            address,
            form=form,
            aliases=mine,
            texts=draw(texts),
            hidden=draw(st.integers(0, 7)) == 0,
            photo=draw(photos),
        )
    return found


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A target in which no address is there twice, and a ledger about it.

    Somebody may stand there twice, but not where one of the two cannot be written: then it takes two runs to mend.
    """
    world, free = World(SYNC), [*ADDRESSES, *map(str.lower, ALIASES)]
    writable: dict[str, bool] = {}
    for number in range(draw(st.integers(0, 6))):
        mains = [address for address in free if "@" in address]
        if not mains:
            break
        address = draw(st.sampled_from(mains))
        free.remove(address)
        more = {other for other in list(free) if draw(st.integers(0, 5)) == 0}
        free = [other for other in free if other not in more]
        who = draw(st.sampled_from((*ANCHORS, *ANCHORS, None, "other")))
        kind = draw(st.integers(0, 9))
        if who in writable and not (writable[who] and kind > 1):
            who = None
        elif who:
            writable[who] = kind > 1
        stamp = Stamp("northwind", "x:1") if who == "other" else Stamp(SYNC, who) if who else None
        world.put(
            Held(
                key=f"k{draw(st.integers(0, 9))}{number}",
                stamp=stamp,
                form=None if kind == 0 else draw(st.sampled_from(FORMS)),
                address=Mailbox.parse(address),
                addresses=frozenset({address, *more}),
                texts=draw(texts),
                hidden=draw(st.booleans()),
                photo=draw(photos),
                readonly="made by directory synchronisation" if kind == 1 else "",
            )
        )
    for agreement_ in draw(st.lists(agreements(list(world.objects) or ["k0"]), max_size=5)):
        world.agreed[agreement_.anchor] = agreement_
    return world


def agreements(keys: list[str]) -> st.SearchStrategy[Agreement]:
    """What a ledger may know, rightly or not."""
    made = st.builds(
        entry, st.sampled_from(ANCHORS), st.sampled_from(ADDRESSES), texts=texts, photo=photos, aliases=aliases()
    )
    retired = st.sampled_from((None, None, NOW - timedelta(days=3), NOW - timedelta(days=7)))
    return st.builds(
        lambda entry, key, at: replace(agreement(entry, key, RULES), retired_at=at),
        made,
        st.sampled_from(keys),
        retired,
    )


def aliases() -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the aliases."""
    return st.lists(st.sampled_from(ALIASES), unique=True, max_size=2).map(tuple)
