"""Names that must exist or must not come twice, each told at its own key."""

from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from proxy.consistency import check_names, check_scheme


def _caller(name: str, *usernames: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, never_via=(), basic=SimpleNamespace(usernames=usernames))


def test_what_is_consistent_passes() -> None:
    check_names(["a"], [SimpleNamespace(match="x", via="a")], [_caller("one", "u", "U"), _caller("two", "v")])
    check_scheme("https://x", "files")
    check_scheme("http://x", "none")
    check_scheme("https://x", "none")  # somebody else ends TLS


def test_a_user_name_is_one_callers_in_any_letter_case() -> None:
    with pytest.raises(ValidationError) as raised:
        check_names([], [], [_caller("one", "User"), _caller("two", "uSER")])
    (error,) = raised.value.errors()
    assert error["loc"] == ("callers", 1, "basic", "usernames", 0)


def test_without_any_connector_a_section_is_suggested() -> None:
    with pytest.raises(ValidationError, match=r"add a section \[connectors\.a\]"):
        check_names([], [SimpleNamespace(match="x", via="a")], [])


def test_a_certificate_and_plain_http_contradict() -> None:
    with pytest.raises(ValidationError, match='"https://x"'):
        check_scheme("http://x", "files")
