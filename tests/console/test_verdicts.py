"""Tests of console/verdicts.py."""

from datetime import UTC, datetime

from console.verdicts import rule_lines, rules_words, verdict_facts, verdict_words
from protocols.model.freebusy import Detail, Reason
from protocols.model.mailbox import Mailbox
from routing.policy import Policy, Verdict, judge
from routing.rules import About, Rule, Rules
from routing.table import Route
from tests.routing.test_rules import BERLIN

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROUTE = Route(match="b.example", via=("b",))
LINES = {1: 10, 2: 15}


def _verdict(*rules: Rule) -> Verdict:
    policy = Policy(may_ask=("*",), sees=Detail.DETAILS, rules=Rules(rules, "x"))
    return judge(policy, Mailbox.parse("ann@b.example"), ROUTE)


BOARD = Rule(number=1, about=(About("ann@b.example", "file:board.txt", True),), sees=Detail.BUSY)
WIDE = Rule(number=2, about=(About("*", "*"),), horizon_back=7, horizon_ahead=30, hours=BERLIN, redact=("a", "b"))


def test_the_lines_of_rules() -> None:
    text = '[server]\n[[rules]]\nabout = ["*"]\n\n# more\n[[rules]]\nabout = ["*"]\n'
    assert rule_lines(text, 2) == {1: 2, 2: 6}


def test_every_rule_in_words() -> None:
    verdict = _verdict(BOARD, WIDE)
    assert verdict_words(verdict) == (
        "allowed: may_ask * allows it; of a person this caller sees busy, as rules[1] says"
    )
    assert list(rules_words(verdict, LINES)) == [
        "[[rules]] number 1 (line 10), about file:board.txt: sees busy",
        "[[rules]] number 2 (line 15), about *: time more than 7 whole UTC days back is hidden",
        "[[rules]] number 2 (line 15), about *: time more than 30 whole UTC days ahead is hidden",
        "[[rules]] number 2 (line 15), about *: time outside Mon 08:00-18:00 in Europe/Berlin is hidden",
        "[[rules]] number 2 (line 15), about *: subjects that fit one of 2 patterns are hidden",
    ]


def test_the_same_for_programs() -> None:
    facts = verdict_facts(_verdict(BOARD, WIDE), LINES, NOW)
    assert facts | {"rules": facts["rules"][:1]} == {
        "allowed": True,
        "reason": None,
        "sees": "busy",
        "may_ask": "*",
        "room": False,
        "rules": [{"rule": 1, "line": 10, "about": "file:board.txt", "key": "sees", "effect": "sees busy"}],
        "hidden": {
            "shown_from": "2026-11-13T00:00:00+00:00",
            "shown_until": "2026-12-21T00:00:00+00:00",
            "own_hours": False,
            "hours": ["Mon 08:00-18:00 in Europe/Berlin"],
            "redact": 2,
        },
    }


def test_without_rules_nothing_is_hidden_and_no_subject_pattern_is_told() -> None:
    facts = verdict_facts(_verdict(), {}, NOW)
    assert (facts["sees"], facts["rules"], facts["hidden"]) == ("details", [], None)
    assert '"a"' not in str(verdict_facts(_verdict(WIDE), LINES, NOW))


def test_a_refusal() -> None:
    verdict = judge(Policy(), Mailbox.parse("ann@b.example"), ROUTE)
    facts = verdict_facts(verdict, {}, NOW)
    assert (facts["allowed"], facts["reason"], facts["sees"]) == (False, Reason.FORBIDDEN.value, None)
    assert verdict_words(verdict) == "refused: no entry of may_ask fits this mailbox"
