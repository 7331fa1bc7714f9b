"""Tests of routing/rules.py: the sentences of its docstring, one by one, then the promise that follows from them."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.model.freebusy import Detail, Weekday, WorkingHours, WorkingPeriod
from protocols.model.mailbox import Mailbox
from routing.redaction import Redaction
from routing.rules import About, Mask, Rule, Rules, Ruling, hours_words

ANN = Mailbox.parse("ann@b.example")
BERLIN = WorkingHours(ZoneInfo("Europe/Berlin"), (WorkingPeriod(frozenset({Weekday.MONDAY}), 480, 1080),))
PARIS = WorkingHours(ZoneInfo("Europe/Paris"), BERLIN.periods)
LISTED = "file:board.txt"


def rule(number: int, *about: str, listed: bool = False, callers: tuple[str, ...] = (), **values: Any) -> Rule:
    """A rule about patterns written in it, or ``listed`` in a group file."""
    entries = tuple(About(one, LISTED if listed else one, listed) for one in about)
    return Rule(number=number, about=entries, callers=frozenset(callers), **values)


def shows(number: int, *about: str, listed: bool = False) -> Rule:
    """A rule that shows the caller x details."""
    return rule(number, *about, listed=listed, callers=("x",), sees=Detail.DETAILS)


def hides(number: int, *about: str, listed: bool = False, callers: tuple[str, ...] = ()) -> Rule:
    """A rule that shows busy only."""
    return rule(number, *about, listed=listed, callers=callers, sees=Detail.BUSY)


def ruling(*rules: Rule, own: Detail = Detail.BUSY, room: bool = False, about: Mailbox = ANN) -> Ruling:
    """What the rules make of Ann for the caller x."""
    found = Rules(rules, "x").ruling(about, own, room=room)
    assert found is not None
    return found


def test_no_rule_fits_and_rules_of_others_do_not() -> None:
    others = [hides(1, "c.example"), hides(2, "*.b.example"), hides(3, "*", callers=("y",)), hides(4, "bob@b.example")]
    assert Rules(others, "x").ruling(ANN, Detail.DETAILS, room=False) is None
    assert Rules(others, "y").ruling(ANN, Detail.DETAILS, room=False) is not None


LEVELS = [
    (shows(1, "ann@b.example"), hides(2, "ann@b.example", listed=True)),
    (hides(1, "ann@b.example"), shows(2, "ann@b.example", listed=True)),
    (shows(1, "ann@b.example", listed=True), hides(2, "b.example")),
    (shows(1, "b.example"), hides(2, "*.example")),
    (hides(1, "b.example", listed=True), shows(2, "*.example")),
    (shows(1, "*.example"), hides(2, "*")),
    (shows(1, "b.example"), hides(2, "b.example")),  # one that names callers goes before one that does not
    (hides(1, "b.example", callers=("x",)), shows(2, "b.example")),  # and busy before details
]


@pytest.mark.parametrize(("stronger", "weaker"), LEVELS)
def test_the_most_particular_decides_whatever_their_order(stronger: Rule, weaker: Rule) -> None:
    for rules in ((stronger, weaker), (weaker, stronger)):
        found = ruling(*rules)
        assert found.detail is stronger.sees
        assert [said.rule for said in found.said] == [stronger.number]


def test_the_nearest_domain_goes_first() -> None:
    deep = Mailbox.parse("ann@x.b.example")
    assert ruling(hides(1, "*.example"), shows(2, "*.b.example"), about=deep).detail is Detail.DETAILS
    assert ruling(shows(1, "*.example"), hides(2, "*.b.example"), about=deep).detail is Detail.BUSY


def test_a_rule_that_says_nothing_of_the_level_leaves_it_to_the_next() -> None:
    found = ruling(rule(1, "ann@b.example", redact=("x",)), shows(2, "*"))
    assert (found.detail, [said.rule for said in found.said]) == (Detail.DETAILS, [2, 1])


def test_without_callers_a_rule_only_narrows() -> None:
    lavish = rule(1, "*", sees=Detail.DETAILS)
    assert ruling(lavish).detail is Detail.BUSY
    assert ruling(lavish, own=Detail.DETAILS).detail is Detail.DETAILS
    assert ruling(hides(1, "*"), own=Detail.DETAILS).detail is Detail.BUSY


@pytest.mark.parametrize("entry", ["b.example", "*.example", "*"])
def test_a_room_is_not_opened_by_its_domain(entry: str) -> None:
    assert ruling(shows(1, entry), room=True).detail is Detail.BUSY
    assert ruling(shows(1, entry), hides(2, "*"), own=Detail.DETAILS, room=True).detail is Detail.BUSY


@pytest.mark.parametrize("listed", [False, True])
def test_a_room_is_opened_by_its_address_and_closed_by_anything(listed: bool) -> None:
    assert ruling(shows(1, "ann@b.example", listed=listed), room=True).detail is Detail.DETAILS
    assert ruling(hides(1, "*", listed=listed), own=Detail.DETAILS, room=True).detail is Detail.BUSY


@pytest.mark.parametrize("room", [False, True])
def test_nothing_ever_opens_the_executive(room: bool) -> None:
    executive = rule(1, "*", busy_only=True)
    found = ruling(shows(2, "ann@b.example"), executive, own=Detail.DETAILS, room=room)
    assert found.detail is Detail.BUSY
    assert [(said.rule, said.key, said.about) for said in found.said] == [(1, "busy_only", "*")]


def test_what_rules_hide_adds_up() -> None:
    found = ruling(
        rule(1, "*", horizon_back=7, horizon_ahead=60, hours=BERLIN, redact=("a", "b")),
        rule(2, "ann@b.example", horizon_back=30, horizon_ahead=14, own_hours=True, redact=("b", "c")),
        rule(3, "b.example", callers=("x",), hours=PARIS),
        rule(4, "b.example", callers=("y",), horizon_back=0),
    )
    redaction = Redaction(("b", "c", "a"))
    assert found.mask == Mask(back=7, ahead=14, own_hours=True, hours=(PARIS, BERLIN), redaction=redaction)
    assert found.mask.hides_time
    said = [(each.rule, each.key) for each in found.said]
    expected = [(1, "horizon_back"), (2, "horizon_ahead"), (2, "hours"), (2, "redact"), (3, "hours"), (1, "hours")]
    assert said == [*expected, (1, "redact")]


def test_words_alone_hide_no_time() -> None:
    found = ruling(rule(1, "*", redact=("a",)))
    assert found.mask == Mask(redaction=Redaction(("a",)))
    assert not found.mask.hides_time


def test_a_rule_that_fits_twice_speaks_once_and_by_its_most_particular_entry() -> None:
    found = ruling(rule(1, "*", "ann@b.example", "b.example", redact=("a",), horizon_back=3))
    assert [(said.about, said.key) for said in found.said] == [
        ("ann@b.example", "horizon_back"),
        ("ann@b.example", "redact"),
    ]


def test_what_a_file_lists_is_told_by_the_files_name() -> None:
    assert ruling(hides(1, "ann@b.example", listed=True)).said[0].about == LISTED


def test_hours_in_words() -> None:
    assert hours_words(BERLIN) == "Mon 08:00-18:00 in Europe/Berlin"


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="DNS label"):
        Rules([hides(1, "no domain")], "x")


entries = st.sampled_from(["ann@b.example", "b.example", "*.example", "*", "c.example"])
values = st.fixed_dictionaries(
    {},
    optional={
        "sees": st.sampled_from(Detail),
        "horizon_back": st.integers(0, 9),
        "horizon_ahead": st.integers(0, 9),
        "own_hours": st.just(True),
        "hours": st.sampled_from([BERLIN, PARIS]),
        "redact": st.sampled_from([("a",), ("b", "c")]),
        "busy_only": st.booleans(),
    },
)
anybody = st.builds(
    lambda about, listed, callers, said: (about, listed, callers, said),
    st.lists(entries, min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from([(), ("x",), ("y",)]),
    values,
)


def _narrower(one: Ruling | None, other: Ruling | None, own: Detail) -> bool:
    """Whether ``one`` shows no more than ``other``."""
    left, right = (each.mask or Mask() if each else Mask() for each in (one, other))
    levels = [each.detail if each else own for each in (one, other)]
    if levels == [Detail.DETAILS, Detail.BUSY]:
        return False
    for ours, theirs in ((left.back, right.back), (left.ahead, right.ahead)):
        if theirs is not None and (ours is None or ours > theirs):
            return False
    words = (set(mask.redaction.words if mask.redaction else ()) for mask in (left, right))
    return left.own_hours >= right.own_hours and set(left.hours) >= set(right.hours) and next(words) >= next(words)


@given(st.lists(anybody, max_size=5), anybody, st.sampled_from(Detail), st.booleans(), st.integers(0, 5))
def test_one_more_rule_without_callers_never_shows_more(
    parts: list[Any], added: Any, own: Detail, room: bool, place: int
) -> None:
    def built(each: list[Any]) -> Ruling | None:
        rules = [rule(n, *about, listed=li, callers=c, **v) for n, (about, li, c, v) in enumerate(each, 1)]
        return Rules(rules, "x").ruling(ANN, own, room=room)

    about, listed, _, said = added
    more = [*parts[:place], (about, listed, (), said), *parts[place:]]
    assert _narrower(built(more), built(parts), own)
    assert built(list(reversed(parts))) is None or _narrower(built(list(reversed(parts))), built(parts), own)
