"""How commands about runs end."""

import pytest
import typer

from console.run_options import LARGEST, end
from console.terminal import FOUND_WRONG


async def found(well: bool) -> bool:
    return well


def test_what_is_well_ends_as_done() -> None:
    end(found(well=True))


def test_what_is_not_well_is_an_exit_code() -> None:
    with pytest.raises(typer.Exit) as ended:
        end(found(well=False))
    assert ended.value.exit_code == FOUND_WRONG


def test_the_largest_number_of_a_run_fits_the_database() -> None:
    assert LARGEST.bit_length() == 63
