"""Groups of a Google domain beside its shared contacts as a target."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from galsync.entries import Form
from galsync.side import Target
from protocols.model.person import Field
from tests.galsync.sides import test_shared_contacts_target as contacts
from tests.galsync.sides.google_groups_world import DOMAIN, group, put, target_of
from tests.galsync.sides.google_world import workspace


class TestGoogleGroupsTarget(contacts.TestSharedContactsTarget):
    """With groups beside them, shared contacts do what they do without."""

    group_domain = DOMAIN

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        async with workspace() as self.world:
            self.world.server.shared.largest_page = 1
            self.world.server.largest_page = 1
            yield target_of(self.world)

    async def foreign_group(self, address: str, name: str) -> None:
        put(self.world, address, name)


async def test_what_a_group_cannot_hold_is_never_wanted() -> None:
    async with workspace() as world:
        target = target_of(world)
        narrow = target.ability.narrow
        assert narrow is not None
        rich = replace(group("all"), aliases=("x@b.example", "X500:/o=x"), texts={Field.EXTRA_1: "1"})
        assert narrow(rich) == (replace(rich, aliases=(), texts={}), ())
        ann = contacts.ENTRY("ann", "x@b.example")
        assert target.ability.forms == {Form.SHARED_CONTACT, Form.GROUP}
        assert target.ability.own_domains == {DOMAIN}
        assert narrow(ann) == (ann, ())
