"""$batch of the simulated Graph."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from simulation.graph.batch import answered
from simulation.graph.mailbox_limits import Reply
from simulation.graph.schedule import GraphRefusal


class Runs:
    """Answers requests by the number in their address, and counts how many it has at once."""

    def __init__(self) -> None:
        self.open = self.most = 0
        self.done: list[str] = []

    async def __call__(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Reply:
        self.open += 1
        self.most = max(self.most, self.open)
        for _ in range(100 - int(path.rpartition("/")[2])):  # those that come later are done sooner
            await asyncio.sleep(0)
        self.open -= 1
        self.done.append(path)
        return Reply(404 if path.endswith("/0") else 200, {"method": method, "body": body, **headers})


def request(number: int, mailbox: str = "a", **more: Any) -> dict[str, Any]:
    return {"id": f"r{number}", "method": "GET", "url": f"/{mailbox}/{number}", **more}


async def told(*requests: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], Runs, list[str]]:
    runs = Runs()
    body = await answered({"requests": list(requests)}, runs, lambda path: path.split("/")[1])
    return {each["id"]: each for each in body["responses"]}, runs, [each["id"] for each in body["responses"]]


async def test_four_of_a_mailbox_at_a_time_in_any_order() -> None:
    by_id, runs, order = await told(*(request(number) for number in range(20)))
    assert (len(by_id), runs.most) == (20, 4)
    assert order != sorted(order, key=lambda each: int(each[1:]))
    _, runs, _ = await told(*(request(number, f"m{number % 2}") for number in range(20)))
    assert runs.most == 8


async def test_each_has_its_own_answer() -> None:
    content = {"Content-Type": "application/json"}
    by_id, _, _ = await told(request(0), request(1, method="POST", body={"x": 1}, headers=content))
    assert (by_id["r0"]["status"], by_id["r1"]["status"]) == (404, 200)
    assert by_id["r1"]["body"] == {"method": "POST", "body": {"x": 1}, "content-type": "application/json"}


async def test_who_depends_on_another_waits_for_it_and_fails_with_it() -> None:
    by_id, runs, _ = await told(
        request(0), request(1), request(2, dependsOn=["r1"]), request(3, dependsOn=["r0"]), request(4, dependsOn=["r3"])
    )
    assert [by_id[f"r{number}"]["status"] for number in range(5)] == [404, 200, 200, 424, 424]
    assert runs.done.index("/a/1") < runs.done.index("/a/2")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"requests": "x"},
        {"requests": [request(number) for number in range(21)]},
        {"requests": [request(1), request(1)]},
        {"requests": [{"id": "1", "method": "GET"}]},
        {"requests": [request(1, url="https://graph.example/a/1")]},
        {"requests": [request(1, dependsOn=["r2"]), request(2)]},
        {"requests": [request(1, method="POST", body={})]},
    ],
)
async def test_what_is_no_batch_is_refused_whole(body: Any) -> None:
    with pytest.raises(GraphRefusal) as raised:
        await answered(body, Runs(), str)
    assert raised.value.status == 400
