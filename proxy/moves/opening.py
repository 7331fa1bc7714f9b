"""Makes the sides and the files of each move of the settings, and tells routes of the addresses on the other side."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from proxy.list_files import ListFileError
from proxy.moves.files import MoveFiles
from proxy.moves.memory import recalled
from proxy.settings.moves import FILE, MoveSettings
from routing.sides import ALIAS, Sides
from routing.stages import Joined
from routing.table import Route, RouteTable


def sides_of(settings: MoveSettings, table: RouteTable) -> Sides:
    """The sides. Raises ListFileError in words, where the rewrite leads back or astray."""
    try:
        return Sides(
            name=settings.name,
            source=settings.source,
            target=settings.target,
            joined=Joined(
                before=int(settings.joined_before.total_seconds()), after=int(settings.joined_after.total_seconds())
            ),
            table=table,
            rewrite=settings.rewrite,
        )
    except ValueError as error:
        raise ListFileError(f'[[moves]] "{settings.name}": {error}') from None


def with_other_side(routes: Iterable[Route], moves: Sequence[MoveSettings]) -> Iterator[Route]:
    """The routes, with the addresses that their people have where they move to: what a rule says of one is for both.

    Of everybody, listed or not: who moves next must not be shown to anybody on the way.
    """
    for route in routes:
        known = (move.rewrite for move in moves if move.source in route.via)
        beside = tuple(dict.fromkeys(template for template in known if template is not None and template != ALIAS))
        yield replace(route, beside=beside) if beside else route


def files_of(settings: MoveSettings, sides: Sides, directory: Path) -> MoveFiles:
    """The files of a move whose people are a file. Raises ListFileError where the file of the state is none."""
    assert isinstance(settings.people, str)
    people = _path(settings.people, directory)
    assert people is not None
    state = state_of(settings, directory)
    return MoveFiles(
        sides=sides,
        people=people,
        plans=plans_of(settings, directory),
        shrink=settings.shrink,
        state=state,
        before=recalled(state),
    )


def state_of(settings: MoveSettings, directory: Path) -> Path:
    """The file of what a restart must know: beside the list, or beside the configuration where a directory tells."""
    written = _path(settings.state, directory)
    if written is not None:
        return written
    if isinstance(settings.people, str):
        people = directory / settings.people.removeprefix(FILE).strip()
        return people.with_name(f"{people.name}.state")
    return directory / f"moves-{settings.name}.state"


def plans_of(settings: MoveSettings, directory: Path) -> Path | None:
    """The file of batches; None where there is none."""
    return _path(settings.batches, directory)


def _path(reference: str | None, directory: Path) -> Path | None:
    return None if reference is None else directory / reference.removeprefix(FILE).strip()
