"""Tests of console/surroundings.py."""

from datetime import UTC, datetime

import typer
from typer.testing import CliRunner

from console.surroundings import Surroundings, around_of


def test_what_is_handed_to_a_command_counts() -> None:
    seen: list[Surroundings] = []
    app = typer.Typer()

    @app.command()
    def look(context: typer.Context) -> None:
        seen.append(around_of(context))

    handed = Surroundings(clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), asks=True)
    CliRunner().invoke(app, obj=handed)
    CliRunner().invoke(app)
    assert seen[0] is handed
    assert (seen[1].asks, seen[1].clock().tzinfo) == (False, UTC)
