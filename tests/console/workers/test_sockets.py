"""The sockets of the workers: one for each place at each address, the same ones while the address is wanted."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.workers.plan import Plan
from console.workers.sockets import Given, Sockets, handed
from service.addresses import ListenAddress
from service.listeners import Handed
from tests.console.workers.serving import SERVER


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    made = Sockets()
    yield made
    made.close()


def plan(folder: Path, *addresses: str, workers: int = 2, plain: str = "") -> Plan:
    path = folder / "busyline.toml"
    written = ", ".join(f'"{each}"' for each in addresses)
    text = SERVER.replace('listen = ["127.0.0.1:0"]', f"listen = [{written}]", 1)
    path.write_text(text + (f'plain_listen = ["{plain}"]\n' if plain else ""), "utf-8")
    return Plan.read(path, style="json", workers=workers)


def ports(given: Given, key: str = "listen") -> list[int]:
    return [each.port for each in given.own[key]]


async def test_every_worker_has_its_own_and_those_of_the_others_to_spare(tmp_path: Path, sockets: Sockets) -> None:
    opened = await sockets.opened(plan(tmp_path, "127.0.0.1:0", "localhost:0", plain="127.0.0.1:0"))
    server = opened.configuration.server
    assert [each.host for each in server.listen] == ["127.0.0.1", "localhost"]
    first, second = (sockets.given(opened, number) for number in (1, 2))
    assert set(ports(first)) == {each.port for each in server.listen}
    assert ports(first) == ports(second)
    assert ports(first, "plain_listen") == [server.plain_listen[0].port]
    assert not first.owned & second.owned
    assert [frozenset(each.lent) for each in (first, second)] == [second.owned, first.owned]
    assert sorted(first.descriptors) == sorted(second.descriptors)


async def test_nobody_is_let_in_before_a_worker_listens(tmp_path: Path, sockets: Sockets) -> None:
    opened = await sockets.opened(plan(tmp_path, "127.0.0.1:0"))
    (address,) = opened.configuration.server.listen
    assert not any(each.is_open for each in sockets.given(opened, 1).owned)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.host, address.port))


async def test_more_workers_get_more_and_those_there_stay_also_with_fewer(tmp_path: Path, sockets: Sockets) -> None:
    two = await sockets.opened(plan(tmp_path, "127.0.0.1:0"))
    first, second = (sockets.given(two, number).owned for number in (1, 2))
    three = await sockets.opened(plan(tmp_path, "127.0.0.1:0", workers=3).at(two.listening))
    sockets.keep_only(three)
    assert three.listening == two.listening
    assert [sockets.given(three, number).owned for number in (1, 2)] == [first, second]
    third = sockets.given(three, 3).owned
    one = await sockets.opened(plan(tmp_path, "127.0.0.1:0", workers=1).at(two.listening))
    sockets.keep_only(one)
    assert frozenset(sockets.given(one, 1).lent) == second | third


async def test_what_is_wanted_no_more_is_closed_and_given_to_nobody(tmp_path: Path, sockets: Sockets) -> None:
    before = await sockets.opened(plan(tmp_path, "127.0.0.1:0"))
    (old,) = sockets.given(before, 1).owned
    after = await sockets.opened(plan(tmp_path, "127.0.0.2:0"))
    given = sockets.given(after, 1)
    assert old.descriptor not in given.descriptors
    assert sockets.given(before, 1).owned == {old}  # as long as it is not clear that the new ones serve
    sockets.keep_only(after)
    assert sockets.given(after, 1) == given
    assert sockets.given(before, 1).descriptors == ()
    with socket.create_server(("127.0.0.1", old.port)):
        assert not old.is_open


async def test_where_one_address_cannot_be_had_nothing_is_left_open(tmp_path: Path, sockets: Sockets) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wanted = plan(tmp_path, f"127.0.0.2:{port}", f"127.0.0.1:{port}")
        with pytest.raises(OSError, match=rf"^server\.listen: 127\.0\.0\.1:{port}: Address already in use; "):
            await sockets.opened(wanted)
        assert sockets.given(wanted, 1).descriptors == ()
        with socket.create_server(("127.0.0.2", port)):
            pass


async def test_a_worker_understands_what_it_is_given(tmp_path: Path, sockets: Sockets) -> None:
    opened = await sockets.opened(plan(tmp_path, "127.0.0.1:0"))
    (address,) = opened.configuration.server.listen
    message = sockets.given(opened, 2).message()
    assert set(message) == {"listen", "plain_listen"}
    found = handed(_copied(message))
    assert found["plain_listen"] == Handed()
    for each in (*found["listen"].own, *found["listen"].spares):
        assert ListenAddress(*each.getsockname()) == address
        assert not each.get_inheritable()
        each.close()


def _copied(message: dict[str, dict[str, list[int]]]) -> dict[str, dict[str, list[int]]]:
    """As in another process, whose copies are its own."""
    return {
        key: {name: [socket.dup(each) for each in found] for name, found in part.items()}
        for key, part in message.items()
    }
