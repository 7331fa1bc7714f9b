"""Tests of bench/calsync/apart.py: another process answers by its methods, until the block ends."""

from multiprocessing.connection import Connection

import pytest

from bench.calsync.apart import answering, apart


class Shop:
    """Sells things."""

    async def price(self, thing: str, many: int) -> str:
        return f"{many} {thing}"


async def shop(pipe: Connection, name: str) -> None:
    await answering(pipe, Shop(), f"open: {name}")


async def closed(pipe: Connection) -> None:
    pipe.close()


async def test_it_answers_one_question_after_the_other() -> None:
    with apart(shop, "corner") as there:
        assert there.told == "open: corner"
        assert await there.ask("price", "apples", 3) == "3 apples"
        assert await there.ask("price", "pears", 1) == "1 pears"


def test_what_ends_before_it_begins_is_told() -> None:
    with pytest.raises(EOFError), apart(closed):
        raise AssertionError("it never opened")
