"""What asking uses where nobody lends it anything: here, now, one after the other, and told to nobody."""

from protocols.caldav.means import Means
from tests.protocols.scripted import run


def test_work_is_done_at_once() -> None:
    assert run(Means().aside(10**9, lambda: "done")) == "done"


def test_errands_are_run_in_order() -> None:
    done: list[int] = []

    async def first() -> None:
        done.append(1)

    async def second() -> None:
        done.append(2)

    async def both() -> None:
        await Means().together([first, second])

    run(both())
    assert done == [1, 2]


def test_each_budget_is_a_new_one() -> None:
    means = Means()
    means.budget().take(1000)
    assert means.budget() == Means().budget()
    means.notice("nobody hears it")
