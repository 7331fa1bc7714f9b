"""Tests of galsync/wiring/schedules.py: what is due is opened, carried out, and told of by e-mail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import CollectorRegistry

from galsync.counting import Figures
from galsync.settings import GalsyncSettings
from galsync.settings.mail import MailSettings
from galsync.wiring.opening import ledger_of
from galsync.wiring.schedules import JITTER, Around, jobs_of
from service.jobs.job import Jobs
from service.runs.states import RunState
from service.secrets import SecretError
from service.state.settings import StateSettings
from tests.galsync.settings.estate import mistakes, settings
from tests.galsync.test_counting import told
from tests.galsync.wiring.world import furnished
from tests.service.jobs.ticking import Time
from tests.service.smtp_server import SmtpServer, smtp_server

EVENING = datetime(2026, 3, 28, 20, tzinfo=UTC)
MORNING = datetime(2026, 3, 29, 1, 0, 30, tzinfo=UTC)
"""3:00 of a day of 23 hours, and half of the jitter."""


def around(directory: Path, time: Time, *, jitter: timedelta = timedelta()) -> Around:
    """A clock that goes as far as somebody sleeps."""
    return Around(
        directory=directory,
        holder="here",
        clock=time.clock,
        sleep=time.sleep,
        chance=lambda: 0.5,
        number=lambda: "1",
        jitter=jitter,
    )


def with_mail(read: GalsyncSettings, here: SmtpServer, **others: Any) -> GalsyncSettings:
    """Reports go to ``here``."""
    given = {"host": "127.0.0.1", "port": here.port, "security": "none", "from": "b@contoso.example"}
    given |= {"to": ["it@contoso.example"], "on": "always", **others}
    return read.model_copy(update={"mail": MailSettings.model_validate(given)})


@asynccontextmanager
async def serving(jobs: Jobs) -> AsyncIterator[None]:
    task = asyncio.create_task(jobs.serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(here: SmtpServer, number: int) -> list[str]:
    """Subjects, when so many reports have come."""
    async with asyncio.timeout(30):
        while len(here.taken) < number:
            await asyncio.to_thread(lambda: None)
    return [str(each["Subject"]) for each in here.taken]


async def test_a_sync_runs_by_the_clocks_of_its_zone(tmp_path: Path) -> None:
    time, figures = Time(EVENING, end=MORNING), Figures(registry := CollectorRegistry())
    read = settings(schedule="0 3 * * *", zone="Europe/Berlin")
    async with smtp_server(SmtpServer()) as here:
        whole, limits = with_mail(read, here), around(furnished(tmp_path), time, jitter=JITTER)
        async with jobs_of(whole, limits, figures) as jobs, serving(jobs):
            [subject] = await until(here, 1)
    assert subject.startswith("Busyline staff: all is well")
    assert "ann@fabrikam.example" in (tmp_path / "list.csv").read_text("utf-8")
    async with ledger_of(read.state, tmp_path, clock=time.clock) as ledger:
        [run] = await ledger.runs("staff")
    assert (run.state, run.begun_at) == (RunState.DONE, MORNING)
    assert told(registry)["busyline_gal_steps_total{staff,create,written}"] == 1


async def test_what_cannot_be_opened_is_told_and_the_next_time_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONTOSO_SECRET", raising=False)
    read = settings(schedule="0 3 * * *", to="graph", as_="guest")
    async with smtp_server(SmtpServer()) as here:
        whole = with_mail(read, here, on="failure")
        figures = Figures(registry := CollectorRegistry())
        async with jobs_of(whole, around(furnished(tmp_path), Time()), figures) as jobs, serving(jobs):
            assert (await until(here, 1))[0] == "Busyline staff: FAILED, it could not begin"
    assert "CONTOSO_SECRET is not set" in here.taken[0].get_content()
    assert told(registry)["busyline_gal_skipped_total{staff,unopened}"] >= 1


@pytest.mark.parametrize("lacks", ["state", "mail"])
async def test_a_secret_that_all_need_is_missed_at_once(tmp_path: Path, lacks: str) -> None:
    auth = {"user": "busyline", "password": "env:NOT_SET"}
    read = with_mail(settings(schedule="@daily"), SmtpServer(port=25), **({"auth": auth} if lacks == "mail" else {}))
    if lacks == "state":
        read = read.model_copy(update={"state": StateSettings.model_validate({"password": "env:NOT_SET"})})
    with pytest.raises(SecretError, match="NOT_SET"):
        async with jobs_of(read, around(tmp_path, Time()), Figures(CollectorRegistry())):
            pass


def test_a_sync_without_a_schedule_does_not_run_by_itself() -> None:
    assert settings().scheduled == ()
    [sync] = settings(schedule="@hourly", zone="Europe/Berlin").scheduled
    assert (str(sync.schedule), sync.zone) == ("0 * * * *", ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("written", "words"), [({"schedule": "daily"}, "five fields"), ({"schedule": "@daily", "zone": "Berlin"}, "IANA")]
)
def test_what_is_no_schedule(written: dict[str, Any], words: str) -> None:
    (mistake,) = mistakes(**written)
    assert words in mistake
