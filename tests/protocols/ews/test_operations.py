"""Which operations exist."""

import pytest

from protocols.errors import Fault, RequestError
from protocols.ews.names import M
from protocols.ews.operations import AVAILABILITY, TIME_ZONES, operation_of
from protocols.ews.soap import read_envelope
from tests.protocols.ews.samples import asking, soap_request


def test_the_two_that_exist() -> None:
    assert operation_of(read_envelope(asking())) == AVAILABILITY
    assert operation_of(read_envelope(soap_request("<m:GetServerTimeZones/>"))) == TIME_ZONES


@pytest.mark.parametrize(
    "body",
    [
        "<m:ConvertId/>",
        "<m:GetUserAvailability/>",
        "<t:GetUserAvailabilityRequest/>",
        "<GetUserAvailabilityRequest/>",
        f'<x:GetUserAvailabilityRequest xmlns:x="{M.replace("http", "https")}"/>',
    ],
)
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(RequestError) as refused:
        operation_of(read_envelope(soap_request(body)))
    assert refused.value.fault is Fault.UNKNOWN_OPERATION
