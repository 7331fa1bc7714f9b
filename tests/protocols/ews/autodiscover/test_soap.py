"""Envelopes of either SOAP version, and faults that every client can read."""

import pytest
from exchangelib.errors import SOAPError
from lxml import etree

from protocols.errors import Fault, RequestError
from protocols.ews.autodiscover import soap
from tests.protocols.ews.autodiscover.captures import read_by_exchangelib


def envelope(body: str, header: str = "", version: str = soap.SOAP11) -> bytes:
    start = f'<q:Envelope xmlns:q="{version}" xmlns:w="{soap.ADDRESSING}" xmlns:a="{soap.AUTODISCOVER}">'
    return f"{start}<q:Header>{header}</q:Header><q:Body>{body}</q:Body></q:Envelope>".encode()


@pytest.mark.parametrize("version", [soap.SOAP11, soap.SOAP12])
def test_a_message_out_of_its_envelope(version: str) -> None:
    header = '<w:MessageID q:mustUnderstand="1"> urn:uuid:1 </w:MessageID><other xmlns="urn:x"/>'
    message = soap.read_message(envelope("<a:Ask/>", header, version))
    assert (message.soap, message.payload.tag, message.message_id) == (
        version,
        f"{{{soap.AUTODISCOVER}}}Ask",
        "urn:uuid:1",
    )
    assert message.content_type == soap.content_type(version)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.MALFORMED),
        (b"<a", Fault.MALFORMED),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Fault.TOO_COMPLEX),
        (b"<Envelope/>", Fault.SCHEMA),
        (envelope("<a:Ask/>", version="urn:x"), Fault.SCHEMA),
        (envelope(""), Fault.SCHEMA),
        (f'<e:Envelope xmlns:e="{soap.SOAP11}"/>'.encode(), Fault.SCHEMA),
        (envelope("<a:Ask/>", '<wsse:Security xmlns:wsse="urn:x" q:mustUnderstand="1"/>'), Fault.MUST_UNDERSTAND),
        (envelope("<a:Ask/>", '<x xmlns="urn:x" q:mustUnderstand="true"/>', soap.SOAP12), Fault.MUST_UNDERSTAND),
    ],
)
def test_what_is_refused(data: bytes, fault: Fault) -> None:
    with pytest.raises(RequestError) as caught:
        soap.read_message(data)
    assert caught.value.fault is fault


@pytest.mark.parametrize("version", [soap.SOAP11, soap.SOAP12])
@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_well_formed_and_repeats_nothing(fault: Fault, version: str) -> None:
    data = soap.encode_fault(RequestError(fault, "<caller's words>"), version)
    root = etree.fromstring(data)
    assert root.tag == f"{{{version}}}Envelope"
    assert root.find(f"{{{version}}}Body/{{{version}}}Fault") is not None
    assert b"words" not in data


def test_exchangelib_reads_a_fault() -> None:
    data = soap.encode_fault(RequestError(Fault.UNKNOWN_OPERATION))
    with pytest.raises(SOAPError, match="The operation is not supported"):
        read_by_exchangelib(data)


def test_the_dialect_of_something_broken() -> None:
    assert soap.dialect(envelope("<a:Ask/>", version=soap.SOAP12)[:120]) == soap.SOAP12
    assert soap.dialect(b"\xff") == soap.SOAP11


def test_an_answer_is_addressed_to_its_question() -> None:
    message = soap.read_message(envelope("<a:Ask/>", "<w:MessageID>urn:&lt;1&gt;</w:MessageID>", soap.SOAP12))
    root = etree.fromstring(soap.faultless(message, "GetUserSettings", "<Response/>", "15.02.1544.004"))
    assert root.tag == f"{{{soap.SOAP12}}}Envelope"
    assert root.findtext(f".//{{{soap.ADDRESSING}}}RelatesTo") == "urn:<1>"
    assert root.findtext(f".//{{{soap.ADDRESSING}}}Action") == (
        "http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/GetUserSettingsResponse"
    )
    assert root.findtext(f".//{{{soap.AUTODISCOVER}}}MinorBuildNumber") == "4"
    assert (
        root.find(f".//{{{soap.AUTODISCOVER}}}GetUserSettingsResponseMessage/{{{soap.AUTODISCOVER}}}Response")
        is not None
    )
