"""One fault for all refusals, in both versions of SOAP."""

import pytest
from lxml import etree

from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.wssecurity.names import WSSE
from protocols.ews.wssecurity.refusal import SecurityRefused, fault


@pytest.mark.parametrize(
    ("soap", "code"), [(SOAP11, "faultcode"), (SOAP12, f".//{{{SOAP12}}}Subcode/{{{SOAP12}}}Value")]
)
def test_the_fault_is_failed_authentication(soap: str, code: str) -> None:
    root = etree.fromstring(fault(soap))
    found = root.find(f".//{code.removeprefix('.//')}")
    assert root.tag == f"{{{soap}}}Envelope"
    assert found is not None
    assert found.text is not None
    prefix, _, name = found.text.partition(":")
    assert (found.nsmap[prefix], name) == (WSSE, "FailedAuthentication")


def test_the_reason_is_not_told() -> None:
    assert SecurityRefused("token-expired").reason.encode() not in fault(SOAP11) + fault(SOAP12)
