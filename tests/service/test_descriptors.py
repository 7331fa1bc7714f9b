"""The limit of descriptors is raised as far as the system lets it, and what is missing is said."""

import resource
from collections.abc import Iterator

import pytest
import structlog

from service.descriptors import allow


@pytest.fixture(autouse=True)
def limits() -> Iterator[tuple[int, int]]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_it_is_raised_as_far_as_wanted_and_never_lowered(limits: tuple[int, int]) -> None:
    _, hard = limits
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    assert allow(300)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (300, hard)
    assert allow(100)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (300, hard)


def test_what_the_system_does_not_give_is_said(limits: tuple[int, int]) -> None:
    _, hard = limits
    if hard == resource.RLIM_INFINITY:
        assert allow(10**6)
        return
    with structlog.testing.capture_logs() as events:
        assert not allow(hard + 1)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    assert (events[0]["event"], events[0]["allowed"], events[0]["wanted"]) == ("few_file_descriptors", hard, hard + 1)
