"""How a Google Workspace domain may be written."""

from typing import Any

import pytest
from pydantic import ValidationError

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
    ],
)
def test_what_cannot(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        GoogleConnector.model_validate({**WRITTEN, **more})
