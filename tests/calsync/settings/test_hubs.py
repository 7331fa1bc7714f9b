"""Tests of calsync/settings/hubs.py: what is usual is what the rules have, and a hub keeps its order."""

import pytest

from calsync.rules import HubRules, Kind, SpokeRules
from calsync.settings.hubs import HubGuardSettings
from tests.calsync.settings.merger import hub, read, wrong


def test_the_usual_guards_are_those_of_the_rules() -> None:
    usual = HubRules(name="h", kind=Kind.CALENDAR, spokes=(SpokeRules(name="s"),))
    guards = HubGuardSettings()
    assert (guards.creations.count, guards.creations.share) == (usual.creations.count, usual.creations.share)
    assert (guards.deletions.count, guards.deletions.share) == (usual.deletions.count, usual.deletions.share)
    assert (guards.changes.count, guards.changes.share) == (usual.changes.count, usual.changes.share)
    assert guards.shrink == usual.shrink


def test_the_order_of_the_file_is_kept() -> None:
    assert list(read(hub("ews", "google", "caldav")).hubs[0].spokes) == ["ews", "google", "caldav"]


def test_it_runs_every_quarter_of_an_hour_unless_it_is_said() -> None:
    assert str(read(hub("google", "graph")).hubs[0].schedule) == "*/15 * * * *"


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        ({"name": "two words"}, "hubs.0.name"),
        ({"kind": "tasks"}, "hubs.0.kind"),
        ({"conflicts": "oldest"}, "hubs.0.conflicts"),
        ({"loops": 0}, "hubs.0.loops"),
        ({"first": "never"}, "hubs.0.first"),
        ({"guards": {"shrink": 2}}, "hubs.0.guards.shrink"),
        ({"schedule": "now and then"}, "hubs.0.schedule"),
    ],
)
def test_what_is_refused(keys: dict[str, object], where: str) -> None:
    assert list(wrong(hub("google", "graph") | keys)) == [where]
