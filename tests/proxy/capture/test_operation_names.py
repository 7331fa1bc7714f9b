"""Operations: words of everybody's, and no more."""

from protocols.ews.operations import OPERATIONS
from proxy.capture.operation_names import OPERATION_NAMES


def test_what_callers_ask_for_is_known() -> None:
    assert OPERATION_NAMES >= OPERATIONS
    assert {"GetUserSettings", "GetFederationInformationResponse", "GetUserAvailability"} <= OPERATION_NAMES
    assert "FriedaLang" not in OPERATION_NAMES
