"""Opening envelopes and filling them with faults."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Fault, RequestError
from protocols.ews.names import SOAP, M, T
from protocols.ews.soap import encode_fault, envelope, read_envelope
from protocols.ews.tables import FAULT_CODES, TEXTS
from tests.protocols.ews.samples import asking, soap_request, texts, valid


def _refused(data: bytes) -> RequestError:
    with pytest.raises(RequestError) as refused:
        read_envelope(data)
    valid(encode_fault(refused.value))
    return refused.value


def test_any_prefix_and_a_missing_header_will_do() -> None:
    body = f'<SOAP-ENV:Body><ns3:X xmlns:ns3="{M}"/></SOAP-ENV:Body>'
    data = f'\ufeff<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}">{body}</SOAP-ENV:Envelope>'
    opened = read_envelope(data.encode())
    assert (opened.operation, opened.header) == ("X", None)


def test_comments_around_the_operation_do_not_count() -> None:
    assert read_envelope(soap_request("<!-- a --> <?b?> <m:X/>")).operation == "X"


@pytest.mark.parametrize("data", [b"", b"not XML", b"<a><b></a>", asking()[:-20], b"\xff\xfe\x00"])
def test_what_is_no_xml_fails_the_schema_and_tells_where(data: bytes) -> None:
    error = _refused(data)
    assert error.fault is Fault.MALFORMED
    root = valid(encode_fault(error))
    assert texts(root, "ResponseCode") == ["ErrorSchemaValidation"]
    if error.line is not None:
        assert texts(root, "LineNumber") == [str(error.line)]
        assert texts(root, "LinePosition") == [str(error.column)]
        assert texts(root, "Violation") == [error.text]


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + asking(),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + asking(),
        soap_request("<m:X>" + "<a>" * 1000 + "</a>" * 1000 + "</m:X>"),
        soap_request("<m:X>" + "<a/>" * 300_000 + "</m:X>"),
    ],
)
def test_dtd_depth_and_number_are_refused(data: bytes) -> None:
    error = _refused(data)
    assert error.fault in (Fault.TOO_COMPLEX, Fault.MALFORMED)
    if error.fault is Fault.TOO_COMPLEX:
        assert texts(valid(encode_fault(error)), "ResponseCode") == ["ErrorInvalidRequest"]


@pytest.mark.parametrize(
    "data",
    [
        b"<html/>",
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><a/></s:Body></s:Envelope>',
        f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode(),
    ],
)
def test_other_envelopes_are_an_invalid_request(data: bytes) -> None:
    assert texts(valid(encode_fault(_refused(data))), "ResponseCode") == ["ErrorInvalidRequest"]


@pytest.mark.parametrize(
    ("header", "understood"),
    [
        ('<x:New xmlns:x="urn:x"/>', True),
        ('<x:New xmlns:x="urn:x" s:mustUnderstand="0"/>', True),
        ('<x:New xmlns:x="urn:x" s:mustUnderstand="1"/>', False),
        ('<x:New xmlns:x="urn:x" s:mustUnderstand="true"/>', False),
        ('<x:New xmlns:x="urn:x" s:mustUnderstand="1" s:actor="urn:somebody:else"/>', True),
        ('<t:RequestServerVersion Version="Exchange2013" s:mustUnderstand="1"/>', True),
        ('<t:ExchangeImpersonation s:mustUnderstand="1"/>', True),
        ('<a:Action xmlns:a="http://www.w3.org/2005/08/addressing" s:mustUnderstand="1">x</a:Action>', True),
    ],
)
def test_only_headers_that_must_be_understood_are_refused(header: str, understood: bool) -> None:
    data = soap_request("<m:X/>", header)
    if understood:
        assert read_envelope(data).operation == "X"
    else:
        error = _refused(data)
        assert error.fault is Fault.MUST_UNDERSTAND
        assert texts(valid(encode_fault(error)), "faultcode") == ["s:MustUnderstand"]


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_is_well_formed_with_its_code_and_constant_text(fault: Fault) -> None:
    if fault is Fault.MUST_UNDERSTAND:
        return
    root = valid(encode_fault(RequestError(fault)))
    code = FAULT_CODES[fault]
    assert texts(root, "faultcode") == [f"a:{code}"]
    assert texts(root, "ResponseCode") == [code]
    assert texts(root, "faultstring") == texts(root, "Message") == [TEXTS[code]]
    assert len(list(root.iter(f"{{{T}}}ServerVersionInfo"))) == 1


def test_only_the_callers_own_figures_reach_it() -> None:
    assert b"a secret" not in encode_fault(RequestError(Fault.INTERNAL, "a secret"))
    assert b"actual size = 101" in encode_fault(RequestError(Fault.TOO_MANY_MAILBOXES, "the actual size = 101."))


def test_how_long_to_wait() -> None:
    root = valid(encode_fault(RequestError(Fault.BUSY), back_off=timedelta(seconds=2.5)))
    assert texts(root, "Value") == ["2500"]


@given(st.text(st.characters()), st.integers(0, 10**6))
def test_no_text_breaks_a_fault(text: str, line: int) -> None:
    valid(encode_fault(RequestError(Fault.MALFORMED, text, line=line, column=1)))


def test_every_answer_tells_the_version() -> None:
    root = valid(envelope(f'<m:GetUserAvailabilityResponse xmlns:m="{M}"/>'))
    assert next(root.iter(f"{{{T}}}ServerVersionInfo")).get("MajorVersion") == "15"
