"""What every connector may be told: narrow where nothing is written."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from proxy.settings.connectors import PeerSection


def test_nothing_is_wide_by_default() -> None:
    section = PeerSection()
    assert (section.ca, section.private_network, section.deadline) == (None, False, timedelta(seconds=25))
    assert (section.working_hours, section.automatic_replies) == (None, False)


def test_working_hours_are_written_as_those_of_rules() -> None:
    section = PeerSection.model_validate({"working_hours": {"zone": "Asia/Kolkata", "from": "10:00", "to": "19:00"}})
    assert section.working_hours is not None
    (period,) = section.working_hours.working_hours().periods
    assert (period.start, period.end, len(period.days)) == (600, 1140, 5)
    with pytest.raises(ValidationError, match="zone"):
        PeerSection.model_validate({"working_hours": {"zone": "Middle-earth", "from": "10:00", "to": "19:00"}})


def test_what_may_be_written() -> None:
    section = PeerSection.model_validate({"ca": "ca.pem", "private_network": True, "deadline": "500ms"})
    assert (section.ca, section.deadline) == (Path("ca.pem"), timedelta(milliseconds=500))
    with pytest.raises(ValidationError):
        PeerSection.model_validate({"deadline": "soon"})
