"""Tests of service/shared_troubles.py."""

import socket
import ssl

import pytest
from redis import exceptions

from service.shared_troubles import remedy, told


def _wrapped(cause: Exception) -> Exception:
    error = exceptions.ConnectionError("Error 111 connecting")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (exceptions.AuthenticationError("x"), "password"),
        (exceptions.NoPermissionError("x"), "too little"),
        (exceptions.OutOfMemoryError("x"), "memory is full"),
        (exceptions.ReadOnlyError("x"), "replica"),
        (exceptions.ResponseError("x"), "not do what is asked"),
        (exceptions.BusyLoadingError("x"), "still reading"),
        (exceptions.ConnectionError("x"), "cannot be reached"),
        (_wrapped(ConnectionRefusedError()), "nothing listens"),
        (_wrapped(socket.gaierror()), "name leads nowhere"),
        (_wrapped(ssl.SSLCertVerificationError()), "certificate"),
        (_wrapped(ssl.SSLError()), "TLS"),
        (TimeoutError(), "in time"),
        (ValueError(), "no Redis"),
        (RuntimeError(), "not do what is asked"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_each_trouble_has_its_words_and_a_remedy(error: Exception, words: str) -> None:
    assert words in told(error)
    assert remedy(error)


def test_nothing_that_was_said_is_repeated() -> None:
    error = exceptions.ResponseError("hunter2")
    assert "hunter2" not in told(error) + remedy(error)


def test_a_ring_of_causes_ends() -> None:
    one, two = RuntimeError(), RuntimeError()
    one.__cause__, two.__cause__ = two, one
    assert told(one)
