"""The plain XML dialect: whoever asks, in whatever spelling, gets one answer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.errors import Fault, PeerError, RequestError
from protocols.ews.autodiscover import pox
from protocols.model.freebusy import Reason

URL = "https://busy.example.com/EWS/Exchange.asmx?a=1&b=<2>"
NOW = datetime(2026, 11, 20, 21, 25, 4, 890708, tzinfo=UTC)
OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook"


def request(body: str, *, schema: str = f"{OUTLOOK}/requestschema/2006", root: str = "Autodiscover") -> bytes:
    return f'<{root} xmlns="{schema}">{body}</{root}>'.encode()


def asked(address: str = "ann@contoso.example", schema: str = pox.RESPONSE_SCHEMA) -> str:
    wanted = f"<AcceptableResponseSchema>{schema}</AcceptableResponseSchema>"
    return f"<Request><EMailAddress>{address}</EMailAddress>{wanted}</Request>"


def test_what_exchange_sends_is_read() -> None:
    assert pox.decode(request(asked())) == pox.PoxRequest("ann@contoso.example", pox.RESPONSE_SCHEMA)


@pytest.mark.parametrize(
    "data",
    [
        request(asked(), schema=f"{OUTLOOK}/requestSchema/2006"),
        request(asked(schema=f"{OUTLOOK}/responseSchema/2006a")),
        b"\xef\xbb\xbf" + request(asked()),
        request("<Request><EMailAddress> ann@contoso.example\n</EMailAddress></Request>"),
        request("<!-- x --><Request><Other/><EMailAddress>ann@contoso.example</EMailAddress></Request>"),
        f'<x:Autodiscover xmlns:x="{OUTLOOK}/requestschema/2006"><x:Request><x:EMailAddress>ann@contoso.example'
        "</x:EMailAddress></x:Request></x:Autodiscover>".encode(),
    ],
)
def test_spellings_that_mean_the_same(data: bytes) -> None:
    assert pox.decode(data).address == "ann@contoso.example"


@pytest.mark.parametrize(
    ("data", "fault", "code"),
    [
        (b"", Fault.MALFORMED, 600),
        (b"<Autodiscover", Fault.MALFORMED, 600),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Fault.TOO_COMPLEX, 600),
        (request(asked(), root="Other"), Fault.SCHEMA, 600),
        (request(asked(), schema="urn:x"), Fault.SCHEMA, 600),
        (request(""), Fault.SCHEMA, 600),
        (request("<Request/>"), Fault.MISSING_ARGUMENT, 600),
        (request(asked(address="")), Fault.MISSING_ARGUMENT, 600),
        (
            request(asked(schema=f"{OUTLOOK.replace('outlook', 'mobilesync')}/responseschema/2006")),
            Fault.UNSUPPORTED_TYPE,
            601,
        ),
    ],
)
def test_what_is_refused_and_in_which_words(data: bytes, fault: Fault, code: int) -> None:
    with pytest.raises(RequestError) as caught:
        pox.decode(data)
    assert caught.value.fault is fault
    answer = etree.fromstring(pox.encode_refusal(caught.value, NOW))
    assert answer.findtext(".//{*}ErrorCode") == str(code)
    assert answer.findtext(".//{*}Message") == pox.MESSAGES[code]


def test_the_answer_gives_the_url_for_callers_inside_and_outside() -> None:
    root = etree.fromstring(pox.encode(URL))
    space = f"{{{pox.RESPONSE_SCHEMA}}}"
    assert root.tag == "{http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006}Autodiscover"
    assert root.findtext(f".//{space}Action") == "settings"
    found = {
        each.findtext(f"{space}Type"): (each.findtext(f"{space}ASUrl"), each.findtext(f"{space}EwsUrl"))
        for each in root.iter(f"{space}Protocol")
    }
    assert found == {"EXCH": (URL, URL), "EXPR": (URL, URL)}


def test_an_error_has_the_shape_of_exchange() -> None:
    root = etree.fromstring(pox.encode_error(600, "Invalid <Request>", NOW))
    [error] = root.iter("{*}Error")
    assert error.tag == "{http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006}Error"
    assert error.get("Time") == "21:25:04.8907080"
    assert [(each.tag.partition("}")[2], each.text) for each in error] == [
        ("ErrorCode", "600"),
        ("Message", "Invalid <Request>"),
        ("DebugData", None),
    ]


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
        min_size=1,
    )
)
def test_an_address_survives_the_wire(address: str) -> None:
    if address.strip():
        assert pox.decode(pox.encode_request(address)).address == address.strip()


@given(st.from_regex(r"https://[a-z]{1,9}\.example/[A-Za-z0-9?=&'\"<>]{1,20}", fullmatch=True))
def test_an_answer_survives_the_wire(url: str) -> None:
    assert pox.read(pox.encode(url)) == pox.PoxAnswer(ews_url=url)


def test_the_outside_url_goes_first() -> None:
    inside = "<Protocol><Type>EXCH</Type><ASUrl>https://in/</ASUrl></Protocol>"
    outside = "<Protocol><Type>EXPR</Type><ASUrl>https://out/</ASUrl></Protocol>"
    assert pox.read(f"<A>{inside}{outside}</A>".encode()).ews_url == "https://out/"
    assert pox.read(f"<A>{inside}</A>".encode()).ews_url == "https://in/"


def test_redirects_are_told() -> None:
    assert pox.read(b"<A><Action>redirectAddr</Action><RedirectAddr>a@b.example</RedirectAddr></A>") == pox.PoxAnswer(
        redirect_address="a@b.example"
    )
    assert pox.read(b"<A><RedirectUrl>https://x/</RedirectUrl></A>") == pox.PoxAnswer(redirect_url="https://x/")


@given(st.binary(max_size=200) | st.integers(0, 200).map(lambda end: request(asked())[:end]))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        told = pox.encode(pox.decode(data).address)
    except RequestError as error:
        told = pox.encode_refusal(error, NOW)
    assert etree.fromstring(told).tag.endswith("}Autodiscover")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pox.encode_error(500, "x", NOW), Reason.NO_SUCH_MAILBOX),
        (pox.encode_error(600, "x", NOW), Reason.PEER_FAILED),
        (b"<html/>", Reason.GARBLED),
        (b"<html>", Reason.GARBLED),
        (b"", Reason.GARBLED),
        (pox.encode(""), Reason.GARBLED),
    ],
)
def test_an_answer_without_a_url_is_an_error(data: bytes, reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        pox.read(data)
    assert caught.value.reason is reason
