"""A hook and its secret."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calsync.notices.hook import LONGEST, PATH, made, named_by, url_of, with_secret
from calsync.spoke import Watch

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _numbers(length: int) -> str:
    _numbers.count += 1  # type: ignore[attr-defined]
    return f"{_numbers.count:0{2 * length}x}"  # type: ignore[attr-defined]


_numbers.count = 0  # type: ignore[attr-defined]


def test_a_secret_proves_its_own_hook_and_no_other() -> None:
    hook, secret = made("team", "google", _numbers)
    other, another = made("team", "google", _numbers)
    assert hook.proved(secret)
    assert other.proved(another)
    assert not hook.proved(another)
    assert not hook.proved("")
    assert not hook.proved("\ud800")


def test_nothing_kept_tells_the_secret() -> None:
    hook, secret = made("team", "google", _numbers)
    assert secret not in repr(hook)
    assert secret not in url_of("https://busy.example.com/", hook)
    assert secret.encode() not in hook.digest


def test_where_a_server_calls() -> None:
    hook, _ = made("team", "google", _numbers)
    assert url_of("https://busy.example.com/", hook) == f"https://busy.example.com{PATH}{hook.name}"
    assert hook.name.isalnum()
    assert len(hook.name) <= 64  # https://developers.google.com/workspace/calendar/api/guides/push: id


def test_a_secret_can_stand_in_the_url() -> None:
    hook, secret = made("team", "exchange", _numbers)
    url = with_secret(url_of("https://busy.example.com/", hook), secret)
    assert named_by(url.removeprefix("https://busy.example.com")) == (hook.name, secret)
    assert named_by(f"{PATH}{hook.name}") == (hook.name, "")


@pytest.mark.parametrize("path", ["", "/", PATH, f"{PATH}a/", f"{PATH}a/b/c", f"{PATH}a/../b", f"{PATH}{'a' * LONGEST}",
                                  f"{PATH}a/{'b' * LONGEST}", f"{PATH}a%2Fb", "/other/a", f"{PATH}/a"])  # fmt: skip
def test_what_is_the_path_of_no_hook(path: str) -> None:
    assert named_by(path) == ("", "")


def test_a_hook_lasts_as_long_as_its_server_promised() -> None:
    hook, _ = made("team", "google", _numbers)
    assert not hook.lasts(NOW)
    promised = replace(hook, watch=Watch(key="w", until=NOW + timedelta(days=1)))
    assert promised.lasts(NOW)
    assert not promised.lasts(NOW + timedelta(days=1))
