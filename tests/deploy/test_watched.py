"""The alerts and the dashboards: they ask for numbers that are told, and go off when due."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from calsync.counting import Figures as HubFigures
from galsync.counting import Figures as SyncFigures
from tests.deploy.watched import Watched

WATCHED = {"address-books": ("sync", SyncFigures), "calendars": ("hub", HubFigures)}


@pytest.fixture(params=WATCHED)
def watched(request: pytest.FixtureRequest) -> Watched:
    variable, figures = WATCHED[request.param]
    figures(registry := CollectorRegistry())
    return Watched(request.param, variable, registry)


def test_the_alerts_ask_for_numbers_that_are_told(watched: Watched) -> None:
    assert watched.alarming()
    assert watched.alarming() <= watched.told()


def test_the_dashboard_shows_every_number(watched: Watched) -> None:
    assert watched.shown() == watched.told()


def test_the_alerts_go_off_when_they_should(watched: Watched, tmp_path: Path) -> None:
    watched.check_alerts(tmp_path)


def test_every_expression_of_the_dashboard_is_one(watched: Watched, tmp_path: Path) -> None:
    watched.check_dashboard(tmp_path)
