"""A library in C is made on the spot; one that is none is refused."""

from pathlib import Path

import pytest

from bench.chaos.preload import preloaded
from tests.needs import program


async def test_a_library_is_made(tmp_path: Path) -> None:
    program("gcc")
    env = await preloaded("names.c", tmp_path)
    assert env == {"LD_PRELOAD": str(tmp_path / "names.so")}
    assert (tmp_path / "names.so").exists()
    with pytest.raises(RuntimeError, match=r"nothing\.c was not compiled"):
        await preloaded("nothing.c", tmp_path)
