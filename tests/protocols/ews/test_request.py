"""GetUserAvailability, the question, both directions."""

from contextlib import suppress
from datetime import UTC, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Fault, RequestError
from protocols.ews.names import SOAP, M, T
from protocols.ews.query import AvailabilityRequest, Guest, SuggestionsAsked, Target, View
from protocols.ews.request import decode, encode, mailboxes_asked
from protocols.ews.serial_zone import zone_of
from protocols.ews.soap import read_envelope
from protocols.model.freebusy import Question
from protocols.model.mailbox import Mailbox
from protocols.model.suggesting import Quality, Role, Terms
from protocols.model.window import TimeWindow
from protocols.zones.rules import rules_of
from tests.protocols.ews.samples import ANN, BERLIN, BOB, START, ZONES, asking, decoded, soap_request, valid

_CONTEXT = '<t:TimeZoneContext><t:TimeZoneDefinition Id="{}"/></t:TimeZoneContext>'
_TIME_ZONE = "<t:TimeZone><t:Bias>{}</t:Bias></t:TimeZone>"
_SUGGESTIONS = (
    "<t:SuggestionsViewOptions><t:DetailedSuggestionsWindow><t:StartTime>2026-11-23T00:00:00</t:StartTime>"
    "<t:EndTime>2026-11-24T00:00:00</t:EndTime></t:DetailedSuggestionsWindow></t:SuggestionsViewOptions>"
)


def _fault(data: bytes) -> RequestError:
    with pytest.raises(RequestError) as refused:
        decoded(data)
    return refused.value


def test_order_and_duplicates_are_kept() -> None:
    asked = decoded(asking("bob@contoso.example", "SMTP:Ann@Contoso.example", "bob@contoso.example"))
    assert [target.mailbox for target in asked.targets] == [BOB, ANN, BOB]
    assert asked.targets[1].asked == "SMTP:Ann@Contoso.example"


@pytest.mark.parametrize("address", ["", "nobody", "a b@contoso.example", "/o=First/cn=ann", "@contoso.example"])
def test_what_is_no_address_spoils_only_itself(address: str) -> None:
    asked = decoded(asking(address, "ann@contoso.example"))
    assert asked.targets == (Target(address, None), Target("ann@contoso.example", ANN))


@pytest.mark.parametrize(
    ("routing", "mailbox"), [("SMTP", ANN), ("smtp", ANN), ("", ANN), ("EX", None), ("X400", None)]
)
def test_only_smtp_is_routed(routing: str, mailbox: Mailbox | None) -> None:
    routed = f"</t:Address><t:RoutingType>{routing}</t:RoutingType>".encode()
    assert decoded(asking().replace(b"</t:Address>", routed)).targets[0].mailbox == mailbox


def test_a_nil_mailbox_is_no_address() -> None:
    nil = b'<t:MailboxData xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true"/></m:MailboxDataArray>'
    assert decoded(asking().replace(b"</m:MailboxDataArray>", nil)).targets[1] == Target("", None)


def test_none_and_too_many() -> None:
    assert (
        _fault(soap_request("<m:GetUserAvailabilityRequest><m:MailboxDataArray/></m:GetUserAvailabilityRequest>")).fault
        is Fault.NO_MAILBOXES
    )
    assert _fault(soap_request("<m:GetUserAvailabilityRequest/>")).fault is Fault.NO_MAILBOXES
    assert len(decoded(asking(*["ann@contoso.example"] * 100)).targets) == 100
    error = _fault(asking(*["ann@contoso.example"] * 101))
    assert error.fault is Fault.TOO_MANY_MAILBOXES
    assert error.text == (
        "There are too many target users in the EmailAddress array. The allowed size = 100; the actual size = 101."
    )


def test_the_zone_of_the_body_goes_before_that_of_the_header() -> None:
    header = _CONTEXT.format("W. Europe Standard Time")
    assert decoded(asking(header=header)).zone == BERLIN
    assert decoded(asking(header=header, zone=_TIME_ZONE.format(0))).zone is UTC
    assert decoded(asking()).zone is UTC


@pytest.mark.parametrize("data", [asking(header=_CONTEXT.format("Nowhere")), asking(zone=_TIME_ZONE.format("x"))])
def test_a_zone_that_nobody_knows(data: bytes) -> None:
    assert _fault(data).fault is Fault.INVALID_TIME_ZONE


def test_headers() -> None:
    asked = decoded(asking(header='<t:RequestServerVersion Version="Exchange2013"/><x:Any xmlns:x="urn:x"/>'))
    assert (asked.server_version, asked.request_type) == ("Exchange2013", "")
    assert decoded(asking()).server_version == ""


@pytest.mark.parametrize(
    "header",
    [
        "<t:RequestType>CrossForest</t:RequestType>",
        "<t:RequestTypeHeader><t:RequestType> CrossForest </t:RequestType></t:RequestTypeHeader>",
    ],
)
def test_the_request_type_bare_or_wrapped(header: str) -> None:
    assert decoded(asking(header=header)).request_type == "CrossForest"


def test_suggestions_alone_beside_and_neither() -> None:
    assert decoded(asking(after=_SUGGESTIONS)).suggestions is not None
    alone = asking(after=_SUGGESTIONS)
    start, end = alone.index(b"<t:FreeBusyViewOptions>"), alone.index(b"<t:SuggestionsViewOptions>")
    asked = decoded(alone[:start] + alone[end:])
    assert asked.question is None
    assert asked.suggestions is not None
    neither = asking()
    start, end = neither.index(b"<t:FreeBusyViewOptions>"), neither.index(b"</m:GetUserAvailabilityRequest>")
    assert _fault(neither[:start] + neither[end:]).fault is Fault.INVALID_VIEW


def test_unknown_elements_are_ignored() -> None:
    strange = b"<t:ExcludeNonWorkingHours>true</t:ExcludeNonWorkingHours><x:y xmlns:x='urn:z'/>"
    for place in (b"</t:MailboxData>", b"</t:Email>", b"</t:FreeBusyViewOptions>", b"</m:GetUserAvailabilityRequest>"):
        assert decoded(asking().replace(place, strange + place)) == decoded(asking())


def test_what_a_java_stack_sends() -> None:
    data = f"""<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}"><SOAP-ENV:Header/><SOAP-ENV:Body>
      <ns3:GetUserAvailabilityRequest xmlns:ns2="{T}" xmlns:ns3="{M}">
       <ns3:MailboxDataArray><ns2:MailboxData><ns2:Email><ns2:Address>ann@contoso.example</ns2:Address></ns2:Email>
       </ns2:MailboxData></ns3:MailboxDataArray>
       <ns2:FreeBusyViewOptions><ns2:TimeWindow><ns2:StartTime>2026-11-23T00:00:00</ns2:StartTime>
        <ns2:EndTime>2026-11-30T00:00:00</ns2:EndTime></ns2:TimeWindow>
        <ns2:MergedFreeBusyIntervalInMinutes>30</ns2:MergedFreeBusyIntervalInMinutes></ns2:FreeBusyViewOptions>
      </ns3:GetUserAvailabilityRequest></SOAP-ENV:Body></SOAP-ENV:Envelope>"""
    assert decoded(data.encode()) == decoded(asking())


def test_mailboxes_are_counted_even_where_nothing_else_is_right() -> None:
    assert mailboxes_asked(read_envelope(asking("a", "b", "c", start="x"))) == 3
    assert mailboxes_asked(read_envelope(soap_request("<m:GetUserAvailabilityRequest/>"))) == 0


def test_suggestions_alone_cannot_be_asked_by_us() -> None:
    with pytest.raises(ValueError, match="without a question"):
        encode(AvailabilityRequest(targets=(), question=None, view=View.FREE_BUSY, zone=UTC))


@st.composite
def _requests(draw: st.DrawFn) -> AvailabilityRequest:
    view = draw(st.sampled_from(View))
    start = START + timedelta(seconds=draw(st.integers(-400 * 86_400, 400 * 86_400)))
    window = TimeWindow(
        start, start + timedelta(minutes=draw(st.integers(60, 60 * 1440)), seconds=draw(st.integers(0, 59)))
    )
    minutes = draw(st.integers(5, 60))
    zone: tzinfo = draw(st.sampled_from(ZONES))
    if zone is not UTC:
        zone = zone_of(rules_of(zone, start.year))
    targets = st.builds(
        lambda mailbox, bad: Target(bad, None) if bad else Target(mailbox.address, mailbox),
        st.sampled_from([ANN, BOB, Mailbox.parse("o'hara&sons@münchen.example")]),
        st.sampled_from(["", "", "nobody", "<&>"]),
    )
    found = tuple(draw(st.lists(targets, min_size=1, max_size=5)))
    guests = st.builds(Guest, st.sampled_from(Role), st.booleans())
    suggestions = st.builds(
        SuggestionsAsked,
        window=st.just(TimeWindow(start, start + timedelta(days=draw(st.integers(1, 60))))),
        terms=st.builds(
            Terms,
            duration=st.integers(30, 1440).map(lambda number: timedelta(minutes=number)),
            good_threshold=st.integers(1, 49),
            most=st.integers(0, 48),
            most_outside=st.integers(0, 48),
            at_least=st.sampled_from(Quality),
        ),
        guests=st.tuples(*[guests] * len(found)),
    )
    return AvailabilityRequest(
        targets=found,
        question=Question(
            window=window, detail=view.detail, interval=timedelta(minutes=minutes) if view.merged else None
        ),
        view=view,
        zone=zone,
        server_version=draw(st.sampled_from(["", "Exchange2010_SP2", 'V"<&'])),
        suggestions=draw(st.none() | suggestions),
        request_type=draw(st.sampled_from(["", "CrossForest", "CrossSite"])),
    )


@given(_requests())
def test_what_is_asked_is_understood(request: AvailabilityRequest) -> None:
    data = encode(request)
    valid(data)
    assert decode(read_envelope(data)) == request


@given(st.data())
def test_a_damaged_request_is_refused_or_read_never_a_crash(data: st.DataObject) -> None:
    whole = asking(header=_CONTEXT.format("UTC"), zone=_TIME_ZONE.format(60), after=_SUGGESTIONS)
    place = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    junk = data.draw(st.binary(max_size=8) | st.sampled_from([b"<a/>", b"-", b"9999999999", b"\xc3\xa9"]))
    damaged = whole[:place] + junk + whole[place + length :]
    with suppress(RequestError):
        assert decoded(damaged).targets


_IMPERSONATION = (
    '<t:ExchangeImpersonation s:mustUnderstand="{}"><t:ConnectingSID>{}</t:ConnectingSID></t:ExchangeImpersonation>'
)


@pytest.mark.parametrize("must", ["0", "1"])
@pytest.mark.parametrize(
    "sid",
    [
        "<t:PrimarySmtpAddress>boss@contoso.example</t:PrimarySmtpAddress>",
        "<t:PrincipalName>boss</t:PrincipalName>",
        "<t:SID>S-1-5-21</t:SID>",
        "",
        "<nonsense/>",
    ],
)
def test_whom_a_caller_impersonates_changes_nothing_and_travels_nowhere(must: str, sid: str) -> None:
    """Not even where it must be understood: Google signs in as an application, which has to name a mailbox."""
    asked = decoded(asking(header=_IMPERSONATION.format(must, sid)))
    assert asked == decoded(asking())
    assert b"mpersonat" not in encode(asked)


def test_in_another_s_name_where_our_settings_say_so() -> None:
    root = valid(encode(decoded(asking()), impersonate="a&b@contoso.example"))
    [sid] = root.iter(f"{{{T}}}ConnectingSID")
    assert [(each.tag, each.text) for each in sid] == [(f"{{{T}}}PrimarySmtpAddress", "a&b@contoso.example")]
    assert not list(valid(encode(decoded(asking()))).iter(f"{{{T}}}ExchangeImpersonation"))
