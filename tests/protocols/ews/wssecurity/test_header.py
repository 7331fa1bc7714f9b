"""The shape that a secured message must have; every other is refused before a key is used."""

import time
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.wssecurity.header import MAX_BYTES, check_fresh, read, times
from protocols.ews.wssecurity.names import DS, WSSE, WSU, XENC
from protocols.ews.wssecurity.refusal import SecurityRefused
from simulation.federation import FederatedCaller
from tests.protocols.ews.wssecurity.world import NOW, URL, reason, request, spoiled

REQUEST = request()
MINUTE = timedelta(minutes=1)


def _security(root: etree._Element) -> etree._Element:
    return next(root.iter(f"{{{WSSE}}}Security"))


def _again(tag: str, *, under: str) -> Callable[[etree._Element], None]:
    def spoil(root: etree._Element) -> None:
        parent = next(root.iter(under))
        parent.append(deepcopy(next(root.iter(tag))))

    return spoil


def _hidden(tag: str) -> Callable[[etree._Element], None]:
    """The only one, moved into something that nobody looks at."""

    def spoil(root: etree._Element) -> None:
        etree.SubElement(root[0], "{urn:x}Wrapper").append(next(root.iter(tag)))

    return spoil


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
def test_the_parts_are_found(soap: str) -> None:
    message = read(request(FederatedCaller(soap=soap)))
    assert message.soap == soap
    assert (message.to, message.created, message.expires) == (URL, NOW, NOW + 5 * MINUTE)
    assert message.ids["_0"] == message.ids["_1"] == message.ids["_2"] == 1
    assert len(message.signature_value) == 20
    assert times(message.timestamp) == (message.created, message.expires)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda root: root.append(deepcopy(root[1])), "not-one-header-and-one-body"),
        (lambda root: root.insert(0, deepcopy(root[1])), "not-one-header-and-one-body"),
        (lambda root: root.insert(0, deepcopy(root[0])), "not-one-header-and-one-body"),
        (lambda root: root.remove(root[0]), "not-one-header-and-one-body"),
        (_again(f"{{{WSSE}}}Security", under=f"{{{SOAP11}}}Header"), "not-one-security"),
        (_again(f"{{{WSSE}}}Security", under=f"{{{SOAP11}}}Body"), "not-one-security"),
        (_hidden(f"{{{WSSE}}}Security"), "not-one-security"),
        (_again(f"{{{DS}}}Signature", under=f"{{{WSSE}}}Security"), "not-one-signature"),
        (_again(f"{{{DS}}}Signature", under=f"{{{SOAP11}}}Body"), "not-one-signature"),
        (_hidden(f"{{{DS}}}Signature"), "not-one-signature"),
        (_again(f"{{{WSU}}}Timestamp", under=f"{{{SOAP11}}}Header"), "not-one-timestamp"),
        (_hidden(f"{{{WSU}}}Timestamp"), "not-one-timestamp"),
        (_again(f"{{{XENC}}}EncryptedData", under=f"{{{WSSE}}}Security"), "not-one-encrypteddata"),
        (_again(f"{{{XENC}}}EncryptedData", under=f"{{{SOAP11}}}Body"), "not-one-encrypteddata"),
        (
            lambda root: etree.SubElement(_security(root), f"{{{WSSE}}}UsernameToken"),
            "more-in-the-header-than-it-needs",
        ),
        (lambda root: _security(root).set(f"{{{SOAP11}}}actor", "urn:else"), "security-for-somebody-else"),
        (lambda root: root[1].set(f"{{{WSU}}}Id", "_0"), "the-same-id-twice"),
        (lambda root: root[0].append(deepcopy(root[0][0])), "not-one-to"),
        (lambda root: _security(root)[0].remove(_security(root)[0][1]), "timestamp-without-its-times"),
        (lambda root: setattr(_security(root)[0][0], "text", "today"), "no-instant"),
        (lambda root: setattr(_security(root)[2][1], "text", "*"), "signature-unreadable"),
        (lambda root: _security(root)[2].remove(_security(root)[2][1]), "not-one-signaturevalue"),
    ],
)
def test_another_shape_is_refused(spoil: Callable[[etree._Element], object], why: str) -> None:
    data = spoiled(REQUEST, spoil)
    if why == "not-one-to":  # its identifier twice would do as well
        data = data.replace(b'u:Id="_1"', b"", 1)
    assert reason(lambda: read(data)) == why


def test_more_than_two_derived_keys_are_refused() -> None:
    derived = '<c:DerivedKeyToken xmlns:c="http://schemas.xmlsoap.org/ws/2005/02/sc"/></o:Security>'
    once = REQUEST.replace(b"</o:Security>", derived.encode())
    assert len(read(once).derived) == 1
    assert len(read(once.replace(b"</o:Security>", derived.encode())).derived) == 2
    thrice = once.replace(b"</o:Security>", derived.encode()).replace(b"</o:Security>", derived.encode())
    assert reason(lambda: read(thrice)) == "more-in-the-header-than-it-needs"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no-xml"),
        (b"<a", "no-xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "no-xml"),
        (b"<a/>", "no-envelope"),
        (b'<Envelope xmlns="urn:soap"/>', "no-envelope"),
        (b"<a/>" + b" " * MAX_BYTES, "message-too-large"),
        (b"<a " + b" ".join(b'a%d=""' % number for number in range(33)) + b"/>", "too-many-attributes"),
        (b"<a>" + b"<b/>" * 2_001 + b"</a>", "no-xml"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, why: str) -> None:
    assert reason(lambda: read(data)) == why


@pytest.mark.parametrize(
    "body",
    [
        b"<a/>" * 1_900,
        b"<a " + b" ".join(b'a%d=""' % number for number in range(8_000)) + b"/>",
        b"".join(b'<a Id="i%d"/>' % number for number in range(1_900)),
        b"<a " + b" ".join(b'xmlns:a%d="urn:%d"' % (number, number) for number in range(3_000)) + b"/>",
    ],
)
def test_nothing_takes_long(body: bytes) -> None:
    data = REQUEST.replace(b"who is free?", body)
    started = time.perf_counter()
    with suppress(SecurityRefused):
        read(data)
    assert time.perf_counter() - started < 0.5


def test_only_messages_of_now_are_fresh() -> None:
    check_fresh(NOW - MINUTE, NOW + 9 * MINUTE, now=NOW, skew=MINUTE)
    for created, expires, why in (
        (NOW - 10 * MINUTE, NOW - 2 * MINUTE, "message-expired"),
        (NOW + 2 * MINUTE, NOW + 4 * MINUTE, "message-not-valid-yet"),
        (NOW, NOW + 10 * MINUTE + timedelta(microseconds=1), "message-lives-too-long"),
    ):
        with pytest.raises(SecurityRefused, match=why):
            check_fresh(created, expires, now=NOW, skew=MINUTE)


@given(st.binary(max_size=200), st.integers(0, len(REQUEST)), st.integers(0, 40))
def test_whatever_is_sent_there_is_one_kind_of_error(noise: bytes, place: int, cut: int) -> None:
    with suppress(SecurityRefused):
        read(REQUEST[:place] + noise + REQUEST[place + cut :])
