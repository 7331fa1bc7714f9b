"""The scopes asked for are those that the simulated Workspace's administrator delegates, and no writer's."""

from proxy.scopes import GOOGLE_EVENTS, GOOGLE_FREEBUSY, GOOGLE_GROUP_MEMBERS, GOOGLE_ROOMS
from simulation.google.keys import SCOPES


def test_each_scope_reads_only_and_is_known() -> None:
    for scope in (GOOGLE_EVENTS, GOOGLE_FREEBUSY, GOOGLE_GROUP_MEMBERS, GOOGLE_ROOMS):
        assert scope in SCOPES
        assert scope.endswith((".readonly", ".freebusy"))
