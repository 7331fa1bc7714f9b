"""Sockets that outlive the processes which listen at them: bound, handed on, and closed to callers and opened again."""

import socket
from contextlib import ExitStack

import pytest

from service.addresses import ListenAddress
from service.listeners import Handed, Kept, bound, kept, waiting

ANY_PORT = ListenAddress("127.0.0.1", 0)


def copy(one: Kept) -> socket.socket:
    """What a process has that inherited it."""
    (found,) = Handed.inherited([socket.dup(one.descriptor)], []).own
    return found


def outside(one: Kept) -> socket.socket:
    return socket.create_connection(("127.0.0.1", one.port))


def nobody_rests(_: socket.socket) -> None:
    raise AssertionError("there are descriptors enough")


async def test_callers_wait_from_the_moment_in_which_somebody_listens_until_they_are_refused() -> None:
    (one,) = await kept(ANY_PORT)
    theirs = copy(one)
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            outside(one)
        assert list(waiting(theirs, 9, nobody_rests)) == []  # nobody listens, and nobody waits
        before = one.is_open
        theirs.listen()
        assert (before, one.is_open) == (False, True)
        with outside(one):
            ((connection, address),) = waiting(theirs, 9, nobody_rests)
            assert (address, connection.getblocking()) == ("127.0.0.1", False)
            connection.close()
        with outside(one) as lost:
            one.refuse()
            with pytest.raises(ConnectionResetError):
                lost.recv(1)
        one.refuse()
    theirs.close()
    one.close()


async def test_whoever_waits_there_outlives_who_listened() -> None:
    (one,) = await kept(ANY_PORT)
    theirs = copy(one)
    theirs.listen()
    with outside(one) as caller:
        theirs.close()
        later = copy(one)
        ((connection, _),) = waiting(later, 9, nobody_rests)
        connection.close()
        assert caller.recv(1) == b""
    later.close()
    one.close()


async def test_what_is_closed_here_stays_what_it_was_where_it_is_inherited() -> None:
    (one,), (other,) = await kept(ANY_PORT), await kept(ANY_PORT)
    theirs = copy(one)
    theirs.listen()
    for each in (one, other):
        each.close()
        each.refuse()
    assert [one.is_open, other.is_open] == [True, False]
    with outside(one):
        ((connection, _),) = waiting(theirs, 9, nobody_rests)
        connection.close()
    theirs.close()


async def test_others_may_be_bound_to_the_same_port_unless_it_is_not_shared() -> None:
    with ExitStack() as closing:
        (one,) = await kept(ANY_PORT)
        (same,) = await kept(ListenAddress("127.0.0.1", one.port))
        for each in (one, same):
            closing.callback(each.close)
            closing.enter_context(copy(each)).listen()
        assert same.port == one.port
        with pytest.raises(OSError, match="address already in use"):
            await bound(ListenAddress("127.0.0.1", one.port))


async def test_a_name_is_one_port_on_all_that_it_stands_for() -> None:
    found = await kept(ListenAddress("localhost", 0))
    assert len({each.port for each in found}) == 1
    for each in found:
        each.close()


async def test_what_is_inherited_is_not_inherited_further() -> None:
    (one,) = await kept(ANY_PORT)
    theirs = copy(one)
    assert (theirs.get_inheritable(), theirs.getblocking()) == (False, False)
    theirs.close()
    one.close()
