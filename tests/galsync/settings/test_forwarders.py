"""Tests of galsync/settings/forwarders.py."""

import pytest
from pydantic import ValidationError

from galsync.settings.forwarders import ForwarderSettings


def test_a_copy_stays_where_nothing_else_is_said() -> None:
    read = ForwarderSettings.model_validate({"move": "merger", "at": "ad"})
    assert (read.beyond, read.to, read.keep_copy) == (None, None, True)


def test_to_is_a_template_of_an_address() -> None:
    read = ForwarderSettings.model_validate({"move": "m", "at": "ad", "to": "{local}@contoso.onmicrosoft.com"})
    assert read.to == "{local}@contoso.onmicrosoft.com"
    with pytest.raises(ValidationError):
        ForwarderSettings.model_validate({"move": "m", "at": "ad", "to": "{name}@contoso.example"})
