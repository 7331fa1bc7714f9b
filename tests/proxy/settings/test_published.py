"""[free_busy_urls]: its narrow defaults, what is refused, and the name of those who have a URL."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.settings import ProxySettings
from proxy.settings.published import CALLER, FreeBusyUrlsSettings
from tests.proxy.served import configuration


def read(**more: Any) -> ProxySettings:
    """A configuration with more in it."""
    return ProxySettings.model_validate(configuration() | more)


def test_nothing_is_published_unless_it_is_written() -> None:
    assert read().free_busy_urls is None
    found = read(free_busy_urls={}).free_busy_urls
    assert found == FreeBusyUrlsSettings()
    assert (found.file, found.window_back, found.window_ahead, found.rate) == (
        Path("free-busy-urls.txt"),
        timedelta(days=7),
        timedelta(days=60),
        1,
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [("window_ahead", "0d"), ("window_ahead", "367d"), ("window_back", "367d"), ("window_back", "1h"), ("rate", 0)],
)
def test_what_makes_no_sense_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        read(free_busy_urls={key: value})


def test_rules_may_name_those_who_have_a_url_where_there_are_urls() -> None:
    rule = {"about": ["fabrikam.example"], "callers": [CALLER], "horizon_ahead": "14d"}
    assert read(free_busy_urls={}, rules=[rule]).rules[0].callers == (CALLER,)
    with pytest.raises(ValidationError, match="there is no caller"):
        read(rules=[rule])


def test_no_caller_has_their_name() -> None:
    callers = configuration(name=CALLER)["callers"]
    assert read(callers=callers).callers[0].name == CALLER
    with pytest.raises(ValidationError) as caught:
        read(callers=callers, free_busy_urls={})
    (error,) = caught.value.errors()
    assert error["loc"] == ("callers", 0, "name")
    assert "write another name" in error["msg"]
