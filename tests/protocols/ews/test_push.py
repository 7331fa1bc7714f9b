"""A server that is asked to tell of changes by calls, and what it says in them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.errors import PeerError
from protocols.ews.names import SOAP, M, T
from protocols.ews.push import EVENTS, FREQUENCY, Sort, read, result, subscribe
from protocols.ews.schema import mailbox_validator
from protocols.model.freebusy import Reason
from protocols.safexml import parse
from tests.protocols.ews.mailbox_answers import NOW, access, answer, message
from tests.protocols.scripted import Peer, run

FOLDER = '<t:FolderId Id="f+="/>'
URL = "https://hooks.example.com/hooks/name/secret?a=1&b=2"
MORE = "<t:MoreEvents>false</t:MoreEvents>"
STATUS = "<t:StatusEvent><t:Watermark>m</t:Watermark></t:StatusEvent>"


def _call(*messages: str, before: str = "") -> bytes:
    return (
        f'{before}<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body><m:SendNotification xmlns:m="{M}" xmlns:t="{T}">'
        f"<m:ResponseMessages>{''.join(messages)}</m:ResponseMessages></m:SendNotification></s:Body></s:Envelope>"
    ).encode()


def _told(*events: str) -> str:
    head = f"<t:SubscriptionId>s</t:SubscriptionId><t:PreviousWatermark>w</t:PreviousWatermark>{MORE}"
    return message("SendNotification", f"<m:Notification>{head}{''.join(events)}</m:Notification>")


def _event(name: str) -> str:
    return f'<t:{name}><t:Watermark>m</t:Watermark><t:ItemId Id="i" ChangeKey="1"/></t:{name}>'


def test_what_is_asked_fits_the_schema_and_names_one_folder() -> None:
    inside = "<m:SubscriptionId>s+/=</m:SubscriptionId><m:Watermark>w</m:Watermark>"
    peer = Peer(answer("Subscribe", message("Subscribe", inside)))
    assert run(subscribe(access(peer), FOLDER, URL, as_of=NOW)) == "s+/="
    [asked] = parse(peer.requests[0].body).iterfind("{*}Body/*")
    mailbox_validator().assertValid(asked)
    assert [each.text for each in asked.iter("{*}EventType")] == list(EVENTS)
    assert asked.findtext(".//{*}URL") == URL
    assert asked.findtext(".//{*}StatusFrequency") == str(FREQUENCY.total_seconds() / 60).removesuffix(".0")
    assert [each.get("Id") for each in asked.iter("{*}FolderId")] == ["f+="]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ErrorInvalidPushSubscriptionUrl", Reason.PEER_FAILED),
        ("ErrorFolderNotFound", Reason.NO_SUCH_MAILBOX),
        ("ErrorServerBusy", Reason.THROTTLED),
    ],
)
def test_a_refusal_is_an_error_without_the_url(code: str, reason: Reason) -> None:
    with pytest.raises(PeerError) as caught:
        run(subscribe(access(Peer(answer("Subscribe", message("Subscribe", code=code)))), FOLDER, URL, as_of=NOW))
    assert (caught.value.reason, "secret" in str(caught.value)) == (reason, False)


def test_a_subscription_without_a_name_is_none() -> None:
    with pytest.raises(PeerError) as caught:
        run(subscribe(access(Peer(answer("Subscribe", message("Subscribe")))), FOLDER, URL, as_of=NOW))
    assert caught.value.reason is Reason.GARBLED


WHOLE = _call(_told(STATUS, _event("CreatedEvent")))


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_is_a_change(event: str) -> None:
    sort = Sort.REMOVED if event in ("DeletedEvent", "MovedEvent") else Sort.CHANGED
    assert read(_call(_told(_event(event)))) == [sort]
    assert read(_call(_told(STATUS, _event(event), _event(event)))) == [sort]
    assert read(_call(_told(_event("CreatedEvent"), _event(event)))) == [sort]


def test_that_nothing_changed_is_no_change_and_doubt_is_one() -> None:
    assert read(_call(_told(STATUS))) == [Sort.STATUS]
    assert read(_call(_told())) == [Sort.CHANGED]
    assert read(_call(_told("<t:EventOfTomorrow/>"))) == [Sort.CHANGED]
    assert read(_call(message("SendNotification"))) == [Sort.CHANGED]


@pytest.mark.parametrize(
    "code", ["ErrorSubscriptionNotFound", "ErrorMissedNotificationEvents", "ErrorReadEventsFailed"]
)
def test_an_error_ends_it(code: str) -> None:
    assert read(_call(message("SendNotification", code=code))) == [Sort.ENDED]
    assert read(_call(_told(STATUS), message("SendNotification", code=code))) == [Sort.STATUS, Sort.ENDED]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"{}",
        b"<a/>",
        _call(),
        _call(_told(STATUS))[:-20],
        _call(_told(STATUS))
        .replace(b"SendNotification>", b"SendSomething>")
        .replace(b"SendNotification ", b"SendSomething "),
        _call(_told(STATUS), before='<!DOCTYPE a [<!ENTITY x "y">]>'),
        _call(_told(*["<t:e/>"] * 60_000)),
        result(goes_on=True),
    ],
    ids=["nothing", "octets", "json", "other", "none", "half", "name", "entities", "many", "answer"],
)
def test_what_is_no_call(body: bytes) -> None:
    with pytest.raises(PeerError) as caught:
        read(body)
    assert caught.value.reason is Reason.GARBLED


@given(
    st.one_of(
        st.binary(max_size=300), st.integers(0, len(WHOLE)), st.tuples(st.integers(0, 999), st.binary(max_size=9))
    )
)
def test_whatever_comes_is_read_or_refused(made: bytes | int | tuple[int, bytes]) -> None:
    if isinstance(made, tuple):
        place = made[0] % len(WHOLE)
        made = WHOLE[:place] + made[1] + WHOLE[place + 1 :]
    with suppress(PeerError):
        found = read(WHOLE[:made] if isinstance(made, int) else made)
        assert found
        assert set(found) <= set(Sort)


@pytest.mark.parametrize(("goes_on", "status"), [(True, "OK"), (False, "Unsubscribe")])
def test_the_answer(goes_on: bool, status: str) -> None:
    root = etree.fromstring(result(goes_on=goes_on))
    names = {"s": SOAP, "m": M}
    assert root.findtext("s:Body/m:SendNotificationResult/m:SubscriptionStatus", None, names) == status
