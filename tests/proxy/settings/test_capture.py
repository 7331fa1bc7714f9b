"""[capture]: nothing is captured unless the section is written."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from proxy.settings import ProxySettings
from tests.proxy.served import configuration


def test_it_is_off_unless_written() -> None:
    assert ProxySettings.model_validate(configuration()).capture is None
    settings = ProxySettings.model_validate({**configuration(), "capture": {"directory": "captures"}})
    assert settings.capture is not None
    assert str(settings.capture.directory) == "captures"
    assert (settings.capture.keep, settings.capture.max_size) == (timedelta(days=30), 64 * 1024 * 1024)


@pytest.mark.parametrize(
    "section", [{}, *({"directory": "x", **more} for more in ({"caller": "x"}, {"keep": "0d"}, {"max_size": "1KiB"}))]
)
def test_it_holds_a_directory_and_its_limits_and_no_more(section: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        ProxySettings.model_validate({**configuration(), "capture": section})
