"""Tests of proxy/wiring/rules.py."""

from pathlib import Path

import pytest

from protocols.model.freebusy import Detail
from protocols.model.mailbox import Mailbox
from proxy.list_files import ListFileError
from proxy.settings.rules import RuleSettings
from proxy.wiring.rules import rules_of
from routing.policy import judge
from routing.rules import About
from tests.proxy.served import configuration, serving


def _settings(**values: object) -> RuleSettings:
    return RuleSettings.model_validate({"about": ["*"], **values})


def test_what_is_written_is_what_decides(tmp_path: Path) -> None:
    (tmp_path / "board.txt").write_text("ann@b.example\nc.example\n")
    table = {"zone": "UTC", "from": "09:00", "to": "17:00"}
    first, second, third = rules_of(
        [
            _settings(about=["file:board.txt", "x.example"], callers=["x"], sees="details", redact=["a"]),
            _settings(horizon_back="3d", horizon_ahead="9d", hours="own"),
            _settings(hours=table, busy_only=True),
        ],
        tmp_path,
    )
    listed = (About("ann@b.example", "file:board.txt", True), About("c.example", "file:board.txt", True))
    assert first.about == (*listed, About("x.example", "x.example"))
    assert (first.number, first.callers, first.sees, first.redact) == (1, frozenset({"x"}), Detail.DETAILS, ("a",))
    assert (second.number, second.horizon_back, second.horizon_ahead, second.own_hours) == (2, 3, 9, True)
    assert (third.own_hours, third.busy_only) == (False, True)
    assert third.hours is not None
    assert third.hours.periods[0].start == 540


def test_all_files_that_are_wrong_are_named_at_once(tmp_path: Path) -> None:
    settings = [_settings(about=[f"file:{name}"], busy_only=True) for name in ("one.txt", "two.txt", "one.txt")]
    with pytest.raises(ListFileError) as caught:
        rules_of(settings, tmp_path)
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        str(tmp_path / "one.txt"),
        str(tmp_path / "two.txt"),
    ]


async def test_another_way_to_a_mailbox_leads_around_no_rule(tmp_path: Path) -> None:
    settings = configuration(may_ask=["*"], sees="details")
    settings["routes"] = [
        {"match": "fabrikam.example", "via": "fabrikam", "rewrite": "{local}@g.fabrikam.example"},
        {"match": "g.fabrikam.example", "via": "fabrikam"},
    ]
    settings["rules"] = [{"about": ["ceo@fabrikam.example"], "busy_only": True}]
    async with serving(tmp_path, settings=settings) as proxy:
        policy = proxy.policy("northwind")
        asked = [Mailbox.parse(each) for each in ("ceo@g.fabrikam.example", "céo+x@fabrikam.example")]
        other = Mailbox.parse("cfo@g.fabrikam.example")
        seen = [judge(policy, mailbox, proxy.table.find(mailbox)).detail for mailbox in (*asked, other)]
    assert seen == [Detail.BUSY, Detail.BUSY, Detail.DETAILS]
