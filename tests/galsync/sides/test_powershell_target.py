"""Tests of galsync/sides/powershell_target.py: the contract, over an organisation that runs scripts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from galsync.entries import Form, Stamp
from galsync.powershell.script import Exchange
from galsync.side import Failed, Handed, Target
from galsync.sides.powershell_target import PowerShellTarget
from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from protocols.model.person import Field
from tests.contracts.target import TargetContract, create, remove, update
from tests.galsync.powershell.pretended import Organisation
from tests.galsync.powershell.reading import settings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class TestContract(TargetContract):
    """Mail contacts of Exchange Online."""

    form = Form.MAIL_CONTACT
    at = Exchange(sign_in_domain="b.onmicrosoft.com")
    telling = frozenset(Field) - {Field.MANAGER, Field.EXTRA_15}
    versions = False  # each value is compared with what the plan saw, when the script runs
    throttles = False  # the script paces itself

    @asynccontextmanager
    async def started(self, directory: Path) -> AsyncIterator[Target]:
        self.organisation, self.now = Organisation(), NOW
        self.target = PowerShellTarget(
            name="cloud", sync=self.sync, folder=directory, at=self.at, clock=lambda: self.now
        )
        with pytest.raises(PeerError, match="no export yet: run"):
            await self.all(self.target)
        self.organisation.run(self.target.script, now=self.now)
        yield self.target

    async def foreign(self, address: str, name: str, stamp: Stamp | None = None) -> None:
        texts = {"DisplayName": name} | ({"CustomAttribute15": stamp.text} if stamp else {})
        self.organisation.put("MailContact" if stamp else "UserMailbox", address, texts)
        self.organisation.run(self.target.script, now=self.now, export_only=True)

    async def foreign_group(self, address: str, name: str) -> None:
        self.organisation.put("MailUniversalDistributionGroup", address, {"DisplayName": name})
        self.organisation.run(self.target.script, now=self.now, export_only=True)

    async def settle(self) -> None:
        self.now += timedelta(minutes=1)
        self.organisation.run(self.target.script, now=self.now)
        told = deepcopy(self.organisation.recipients)
        self.organisation.run(self.target.script, now=self.now)  # a second time changes nothing
        assert told == self.organisation.recipients

    async def spoil(self) -> None:
        data = self.target.export.read_bytes()
        self.target.export.write_bytes(data[:-60])


class TestMailUsers(TestContract):
    """Mail users of Exchange on-premises."""

    form = Form.MAIL_USER
    at = Exchange(unit="b.example/Partners")


async def test_an_export_that_is_too_old_is_refused_and_the_words_say_what_to_run(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        contract.now += timedelta(days=3)
        with pytest.raises(PeerError, match=r"cloud: the export is 3.0 days old: run .*cloud.ps1") as error:
            await contract.all(target)
    assert error.value.reason is Reason.INCOMPLETE


async def test_what_was_not_run_stays_in_the_script_also_for_another_process(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        await target.look("", ["x"], [])
        assert list(await target.write("", [create(contract.entry("ann"))])) == [Handed()]
        again = PowerShellTarget(name="cloud", sync="fabrikam", folder=tmp_path, at=contract.at, clock=lambda: NOW)
        await again.look("", ["x"], [])
        await again.write("", [create(contract.entry("bob"))])
        assert anchors(again) == ["ad:ann", "ad:bob"]


async def test_what_was_run_or_is_planned_anew_leaves_the_script(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        await contract.created(target, contract.entry("ann"))
        await target.look("", ["x"], [])
        await target.write("", [create(contract.entry("bob"))])
        assert anchors(contract.target) == ["ad:bob"]
        await contract.all(target)
        await target.write("", [create(contract.entry("carl"))])
        assert anchors(contract.target) == ["ad:carl"]


async def test_what_comes_from_directory_synchronisation_is_told_and_not_written(tmp_path: Path) -> None:
    contract = TestContract()
    entry = contract.entry()
    async with contract.started(tmp_path) as target:
        [held] = await contract.created(target, entry)
        contract.organisation.recipients[held.key]["synced"] = True
        contract.organisation.run(contract.target.script, now=NOW, export_only=True)
        held = await contract.found(target, entry)
        outcomes = await target.write("", [update(entry, held, "hidden"), remove(held, entry.anchor)])
    assert "directory synchronisation" in held.readonly
    assert all(isinstance(each, Failed) and each.words == held.readonly for each in outcomes)


async def test_half_a_character_fails_one_step_alone(tmp_path: Path) -> None:
    contract = TestContract()
    async with contract.started(tmp_path) as target:
        bad = create(contract.entry("ann", display_name="\ud800"))
        outcomes = await target.write("", [bad, create(contract.entry("bob"))])
    assert isinstance(outcomes[0], Failed)
    assert outcomes[1] == Handed()


def anchors(target: PowerShellTarget) -> list[object]:
    steps = settings(target.script.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))["Steps"]
    assert isinstance(steps, list)
    return [step["Anchor"] for step in steps if isinstance(step, dict)]
