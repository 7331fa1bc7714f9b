"""People, entries and agreements of all kinds for the tests of what is remembered."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from galsync.entries import Agreement, Entry, Form, Held, Stamp
from galsync.plans.digests import digest
from galsync.steps import Act, Change, Step, Why
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANYTHING = st.text(st.characters(), max_size=12)  # halves of surrogate pairs too: sources are broken like that
MAILBOXES = st.sampled_from(["ann@contoso.example", "Ann@Contoso.example", "jürgen@fabrikam.example"]).map(
    Mailbox.parse
)
TEXTS = st.dictionaries(st.sampled_from(Field), st.text(st.characters(), min_size=1, max_size=12), max_size=5)
LISTS = st.lists(ANYTHING, max_size=3).map(tuple)
PHOTOS = st.binary(max_size=20)
INSTANTS = st.none() | st.integers(0, 10**17).map(lambda number: NOW + timedelta(microseconds=number % 10**15))
WRITTEN = st.dictionaries(st.sampled_from(Field), st.sampled_from([b"", digest("a"), digest("b")]), max_size=5)
ENTRIES = st.builds(
    Entry,
    anchor=ANYTHING,
    form=st.sampled_from(Form),
    address=MAILBOXES,
    aliases=LISTS,
    texts=TEXTS,
    hidden=st.booleans(),
    members=LISTS,
    photo=PHOTOS,
)
HELD = st.builds(
    Held,
    key=ANYTHING,
    version=ANYTHING,
    stamp=st.none() | st.builds(Stamp, ANYTHING, ANYTHING),
    form=st.none() | st.sampled_from(Form),
    address=st.none() | MAILBOXES,
    addresses=st.frozensets(ANYTHING, max_size=3),
    texts=TEXTS,
    hidden=st.booleans(),
    members=LISTS,
    photo=PHOTOS,
    readonly=ANYTHING,
)
AGREEMENTS = st.builds(
    Agreement,
    anchor=ANYTHING,
    key=ANYTHING,
    address=ANYTHING,
    written=WRITTEN,
    aliases=LISTS,
    members=LISTS,
    photo=PHOTOS,
    retired_at=INSTANTS,
)
CHANGES = st.lists(st.builds(Change, ANYTHING, ANYTHING, ANYTHING), max_size=3).map(tuple)


class Clock:
    """Tells ``now``, which goes on only when it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def agreement(name: str, **differing: object) -> Agreement:
    """About somebody of contoso.example."""
    values: dict[str, object] = {
        "anchor": f"ad:{name}",
        "key": f"CN={name}",
        "address": f"{name}@contoso.example",
        "written": {Field.DISPLAY_NAME: digest(name), Field.PHONE: b""},
        **differing,
    }
    return Agreement(**values)  # type: ignore[arg-type]


def step(name: str, act: Act = Act.CREATE, **differing: object) -> Step:
    """About the same, with what it shall be and what is to be agreed."""
    entry = Entry(anchor=f"ad:{name}", form=Form.MAIL_CONTACT, address=Mailbox.parse(f"{name}@contoso.example"))
    values: dict[str, object] = {"entry": entry, "agreement": agreement(name, key=""), **differing}
    return Step(act=act, anchor=f"ad:{name}", why=Why.NEW, **values)  # type: ignore[arg-type]


def removal(name: str) -> Step:
    """Of what stands there under the key ``CN=<name>``."""
    return Step(act=Act.REMOVE, anchor=f"ad:{name}", why=Why.GRACE_OVER, held=Held(key=f"CN={name}"))
