"""What is left of a proved request is an ordinary one; answers and faults come in the caller's SOAP version."""

from dataclasses import dataclass

import pytest
from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.names import SOAP, E, T
from protocols.ews.soap import encode_fault, envelope, read_envelope
from protocols.ews.wssecurity.names import WSSE
from protocols.ews.wssecurity.plain import in_soap12, plain
from simulation.federation import FederatedCaller
from tests.protocols.ews.wssecurity.world import NOW, QUESTION, URL, issued, judged

HEADER = f'<t:TimeZoneContext xmlns:t="{T}" s:mustUnderstand="1" u:Id="_3"/>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Thorough(FederatedCaller):
    """Signs its zone too."""

    def signed_info(self, elements: list[etree._Element]) -> str:
        """With one reference more."""
        zones = elements[0].getroottree().getroot().iterfind(f".//{{{T}}}TimeZoneContext")
        return FederatedCaller.signed_info(self, [*elements, *zones])


@pytest.mark.parametrize("theirs", [SOAP11, SOAP12])
@pytest.mark.parametrize("wanted", [SOAP11, SOAP12])
def test_only_the_security_is_gone(theirs: str, wanted: str) -> None:
    data = Thorough(soap=theirs).request(QUESTION, issued(), to=URL, at=NOW, headers=HEADER)
    verdict = judged(data)
    root = etree.fromstring(plain(verdict.message, verdict.proved, soap=wanted))
    assert root.tag == f"{{{wanted}}}Envelope"
    assert [etree.QName(entry).localname for entry in root[0]] == ["To", "MessageID", "TimeZoneContext"]
    assert [root[0][2].get(f"{{{soap}}}mustUnderstand") for soap in (SOAP11, SOAP12)] == [
        "1" if soap == wanted else None for soap in (SOAP11, SOAP12)
    ]
    assert not list(root.iter(f"{{{WSSE}}}Security"))
    assert root[1][0].text == "who is free?"
    assert len(verdict.message.header) == 4


def test_prefixes_keep_their_meaning() -> None:
    """The same prefix means something else on the way in and on the way out."""
    content = '<m:Question xmlns:m="urn:m" xmlns:s="urn:s" s:a="1"><s:Part>x</s:Part></m:Question>'
    verdict = judged(FederatedCaller(soap=SOAP12).request(content, issued(), to=URL, at=NOW))
    root = etree.fromstring(plain(verdict.message, verdict.proved, soap=SOAP11))
    assert (root[1][0].get("{urn:s}a"), root[1][0][0].tag) == ("1", "{urn:s}Part")


def test_it_is_read_as_every_envelope() -> None:
    verdict = judged(Thorough(soap=SOAP12).request(QUESTION, issued(), to=URL, at=NOW, headers=HEADER))
    assert read_envelope(plain(verdict.message, verdict.proved, soap=SOAP11)).payload.text == "who is free?"


def test_an_answer_in_soap_1_2_differs_in_its_namespace_alone() -> None:
    answer = envelope("<a>http://schemas.xmlsoap.org/soap/envelope/ Fault</a>")
    new = in_soap12(answer)
    assert new == answer.replace(SOAP11.encode(), SOAP12.encode(), 1)
    assert etree.fromstring(new).tag == f"{{{SOAP12}}}Envelope"


@pytest.mark.parametrize(
    ("error", "value", "subcode"),
    [
        (RequestError(Fault.NO_MAILBOXES), "s:Sender", T),
        (RequestError(Fault.MUST_UNDERSTAND), "s:MustUnderstand", None),
        (RequestError(Fault.MALFORMED, line=3, column=4), "s:Sender", T),
    ],
)
def test_a_fault_in_soap_1_2(error: RequestError, value: str, subcode: str | None) -> None:
    old = etree.fromstring(encode_fault(error))
    new = etree.fromstring(in_soap12(encode_fault(error)))
    assert new.findtext(f".//{{{SOAP12}}}Code/{{{SOAP12}}}Value") == value
    found = new.find(f".//{{{SOAP12}}}Subcode/{{{SOAP12}}}Value")
    if subcode is None:
        assert found is None
    else:
        assert found is not None
        prefix, _, name = (found.text or "").partition(":")
        assert found.nsmap[prefix] == subcode
        assert old.findtext(f".//{{{E}}}ResponseCode") == name == new.findtext(f".//{{{E}}}ResponseCode")
    assert new.findtext(f".//{{{SOAP12}}}Text") == old.findtext(".//faultstring")
    assert SOAP.encode() not in etree.tostring(new)
