"""A shape seen before is read as the parser would read it, or left to the parser."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import RequestError
from protocols.ews.familiar import decode_familiar
from protocols.ews.query import AvailabilityRequest
from protocols.ews.request import decode
from protocols.ews.soap import read_envelope
from protocols.model.mailbox import Mailbox
from tests.protocols.ews.samples import asking, soap_request
from tests.wire.captures import captured

_ADDRESSES = (
    "ann@contoso.example",
    "SMTP:Bob@Contoso.EXAMPLE",
    " eve@contoso.example ",
    "nobody",
    "",
    "a&amp;b@c.example",
)
_AVAILABILITY = [
    each.request.body
    for client in ("exchangelib", "ews-javascript-api")
    for each in captured(client)
    if b"GetUserAvailabilityRequest" in each.request.body
]
_JAVA = (
    b'<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header/><SOAP-ENV:Body>'
    b'<ns3:GetUserAvailabilityRequest xmlns:ns2="http://schemas.microsoft.com/exchange/services/2006/types"'
    b' xmlns:ns3="http://schemas.microsoft.com/exchange/services/2006/messages"><ns3:MailboxDataArray>'
    b"<ns2:MailboxData><ns2:Email><ns2:Address>user@dom.example</ns2:Address></ns2:Email></ns2:MailboxData>"
    b"</ns3:MailboxDataArray><ns2:FreeBusyViewOptions><ns2:TimeWindow><ns2:StartTime>2026-10-12T18:00:00</ns2:StartTime>"
    b"<ns2:EndTime>2026-10-13T18:00:00</ns2:EndTime></ns2:TimeWindow></ns2:FreeBusyViewOptions>"
    b"</ns3:GetUserAvailabilityRequest></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
_SUGGESTIONS = (
    "<t:SuggestionsViewOptions><t:DetailedSuggestionsWindow><t:StartTime>2026-11-23T00:00:00</t:StartTime>"
    "<t:EndTime>2026-11-24T00:00:00</t:EndTime></t:DetailedSuggestionsWindow></t:SuggestionsViewOptions>"
)
_SEEDS = [asking(), asking(after=_SUGGESTIONS), soap_request("<m:GetServerTimeZones/>"), _JAVA, *_AVAILABILITY]
_PIECES = st.sampled_from(
    [
        b"<!-- x -->", b"<![CDATA[x]]>", b"<!DOCTYPE a>", b"<?x y?>", b"\x00", b"&amp;", b"<m:MailboxDataArray>",
        b"</m:MailboxDataArray>", b"<t:MailboxData>", b"</t:MailboxData>", b"x", b" ", b"\n", b"\xff",
        b"]]>", b"/", b">",
    ]
)  # fmt: skip


def parsed(data: bytes) -> AvailabilityRequest | None:
    try:
        envelope = read_envelope(data)
        return decode(envelope) if envelope.operation == "GetUserAvailabilityRequest" else None
    except RequestError:
        return None


@pytest.mark.parametrize("data", [asking(), _JAVA, *_AVAILABILITY])
def test_what_real_clients_send_is_familiar(data: bytes) -> None:
    found = parsed(data)
    assert found is not None
    assert decode_familiar(data) == (found if found.suggestions is None else None)


def test_who_wants_meeting_times_is_left_to_the_parser() -> None:
    assert parsed(asking(after=_SUGGESTIONS)) is not None
    assert decode_familiar(asking(after=_SUGGESTIONS)) is None


def test_mailboxes_and_their_order_are_new_each_time() -> None:
    one = re.search(rb"<t:MailboxData>.*?</t:MailboxData>", _AVAILABILITY[0], re.DOTALL)
    assert one is not None
    for number in range(3):
        more = b"".join(one[0].replace(b"alice@", b"person%d@" % (number + n)) for n in range(100))
        data = _AVAILABILITY[0].replace(one[0], more, 1)
        found = decode_familiar(data.replace(b"bob@example.test", b"x@example.test", 1))
        assert found is None, "a hundred and one"
        data = re.sub(
            rb"<m:MailboxDataArray>.*</m:MailboxDataArray>", b"<m:MailboxDataArray>%b</m:MailboxDataArray>" % more, data
        )
        found = decode_familiar(data)
        assert found == parsed(data)
        assert found is not None
        assert [target.asked for target in found.targets] == [f"person{number + n}@example.test" for n in range(100)]


@pytest.mark.parametrize(
    "change",
    [
        (b"<m:MailboxDataArray>", b"<m:MailboxDataArray><!-- x -->"),
        (b"<m:MailboxDataArray>", b'<m:MailboxDataArray a="b">'),
        (b"<t:Address>", b"<t:Address>&#97;"),
        (b"<t:Address>", "<t:Address>ä".encode()),
        (b"SMTP</t:RoutingType>", b"EX</t:RoutingType>"),
        (b"</m:MailboxDataArray>", b"<t:MailboxData/></m:MailboxDataArray>"),
        (b"utf-8", b"utf-7"),
    ],
)
def test_the_unusual_is_left_to_the_parser(change: tuple[bytes, bytes]) -> None:
    data = _AVAILABILITY[0]
    assert change[0] in data
    assert decode_familiar(data.replace(*change)) is None


def test_an_array_that_is_not_the_request_s_own_is_left_to_the_parser() -> None:
    header = "<t:Other><m:MailboxDataArray><t:MailboxData><t:Email><t:Address>eve@contoso.example</t:Address></t:Email>"
    data = soap_request("<m:GetUserAvailabilityRequest/>", header + "</t:MailboxData></m:MailboxDataArray></t:Other>")
    assert decode_familiar(data) is None


def _crafted(address: str, opening: str, closing: str) -> bytes:
    """The request's own array spelt with ``opening`` and ``closing``, in front of one that is text of a header."""
    email = "<t:Email><t:Address>{}</t:Address></t:Email>".format
    real = f"{opening}<t:MailboxData>{email(address)}</t:MailboxData>{closing}"
    fake = f"<m:MailboxDataArray><t:MailboxData>{email('eve@contoso.example')}</t:MailboxData></m:MailboxDataArray>"
    array = re.compile(rb"<m:MailboxDataArray>.*</m:MailboxDataArray>", re.DOTALL)
    return array.sub(f"{real}<t:Name>{fake}</t:Name>".encode(), asking())


@pytest.mark.parametrize("address", ["somebody@busyline.invalid", "ann@contoso.example"])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<m:MailboxDataArray >", "</m:MailboxDataArray >"),
        ("<m:MailboxDataArray\n>", "</m:MailboxDataArray\t>"),
        ('<m:MailboxDataArray a="b">', "</m:MailboxDataArray >"),
    ],
)
def test_an_array_in_disguise_does_not_hide_behind_another(address: str, opening: str, closing: str) -> None:
    data = _crafted(address, opening, closing)
    request = parsed(data)
    assert request is not None
    assert [target.asked for target in request.targets] == [address]
    assert decode_familiar(data) is None


def test_no_request_can_name_the_mailbox_that_stands_in_for_the_others() -> None:
    script = "from protocols.ews import familiar; print(familiar._STAND_IN)"
    found = {
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    }
    assert len(found) == 2
    assert all(Mailbox.parse(one) for one in found)


def test_an_endless_prefix_is_left_to_the_parser() -> None:
    data = asking().replace(b"<t:", b"<%b:" % (b"t" * 101)).replace(b"</t:", b"</%b:" % (b"t" * 101))
    data = data.replace(b"xmlns:t=", b"xmlns:%b=" % (b"t" * 101))
    assert parsed(data) is not None
    assert decode_familiar(data) is None


def test_a_mailbox_with_an_endless_name_is_left_to_the_parser_and_not_remembered() -> None:
    data = re.sub(rb"<t:Email>", b"<t:Email><t:Name>%b</t:Name>" % (b"n" * 2_000), asking())
    assert parsed(data) is not None
    assert decode_familiar(data) is None


@given(st.sampled_from(_SEEDS), st.integers(0, 2000), st.integers(0, 12), st.lists(_PIECES, max_size=3))
def test_never_other_than_the_parser(data: bytes, at: int, cut: int, pieces: list[bytes]) -> None:
    at = min(at, len(data))
    changed = data[:at] + b"".join(pieces) + data[at + cut :]
    found = decode_familiar(changed)
    assert found is None or found == parsed(changed)


@given(st.lists(st.sampled_from(_ADDRESSES), min_size=1, max_size=5))
def test_any_addresses(addresses: list[str]) -> None:
    boxes = "".join(f"<t:MailboxData><t:Email><t:Address>{a}</t:Address></t:Email></t:MailboxData>" for a in addresses)
    data = re.sub(
        rb"(<m:MailboxDataArray>).*(</m:MailboxDataArray>)", rb"\1%b\2" % boxes.encode(), asking(), flags=re.DOTALL
    )
    found = decode_familiar(data)
    assert found is None or found == parsed(data)
    assert (found is None) == any("&" in address for address in addresses)
