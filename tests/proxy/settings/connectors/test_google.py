"""How a Google Workspace domain may be written."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.layers.budget import Rate
from proxy.settings.connectors import GoogleConnector

WRITTEN: dict[str, Any] = {"protocol": "google", "service_account": "file:northwind.json"}


@pytest.mark.parametrize(("subject", "meant"), [("FB@Northwind.example", "fb@northwind.example"), ("target", "target")])
def test_whom_it_acts_as(subject: str, meant: str) -> None:
    settings = GoogleConnector.model_validate({**WRITTEN, "subject": subject})
    assert (settings.subject, settings.statuses) == (meant, False)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "Field required"),
        ({"subject": "everybody"}, 'or "target"'),
        ({"subject": "target", "api_url": "http://www.googleapis.com"}, "not an https address"),
        ({"subject": "target", "concurrency": 0}, "greater than or equal to 1"),
        ({"subject": "target", "further_subjects": ["a@x.example"]}, "remove further_subjects"),
        ({"subject": "a@x.example", "further_subjects": ["A@x.example"]}, "names somebody twice"),
        ({"subject": "a@x.example", "further_subjects": ["b@x.example", "b@x.example"]}, "names somebody twice"),
        ({"subject": "a@x.example", "further_subjects": ["target"]}, "is no address"),
    ],
)
def test_what_cannot(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        GoogleConnector.model_validate({**WRITTEN, **more})


def test_google_s_own_limits_are_kept_to() -> None:
    settings = GoogleConnector.model_validate({**WRITTEN, "subject": "fb@x.example"})
    minute = timedelta(minutes=1)
    assert (settings.rates, settings.total_rates) == ((Rate(600, minute),), (Rate(10_000, minute),))


def test_where_each_is_asked_as_themself_nobody_s_own_limit_is_reached() -> None:
    settings = GoogleConnector.model_validate({**WRITTEN, "subject": "target"})
    assert (settings.rates, settings.subjects) == ((), ("target",))
    assert settings.total_rates == (Rate(10_000, timedelta(minutes=1)),)


def test_several_subjects() -> None:
    several = {"subject": "FB@x.example", "further_subjects": ["FB2@x.example"]}
    settings = GoogleConnector.model_validate({**WRITTEN, **several})
    assert settings.subjects == ("fb@x.example", "fb2@x.example")
