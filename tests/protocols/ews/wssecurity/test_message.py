"""A message is proved by its token's key, over its time and its body or address, where these stand and nowhere else."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from protocols.ews.autodiscover.soap import SOAP11, SOAP12
from protocols.ews.names import ADDRESSING, T
from protocols.ews.wssecurity.message import Cover, Demands
from protocols.ews.wssecurity.names import DS, WSSE, WSU
from simulation.federation import FederatedCaller
from tests.protocols.ews.wssecurity.world import (
    DEMANDS,
    NOW,
    QUESTION,
    URL,
    issued,
    judged,
    reason,
    request,
    spoiled,
)

MINUTE = timedelta(minutes=1)
ELSEWHERE = "message-signature-covers-something-else"
NOT_ONCE = "message-signature-names-what-is-not-there-once"
ID = f"{{{WSU}}}Id"
Spoil = Callable[[etree._Element], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd(FederatedCaller):
    """A caller that holds its key and signs in a way of its own."""

    change: Callable[[str], str] = str

    def signed_info(self, elements: list[etree._Element]) -> str:
        """SignedInfo, changed before it is signed."""
        return self.change(FederatedCaller.signed_info(self, elements))


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
@pytest.mark.parametrize("digest", ["sha1", "sha256"])
@pytest.mark.parametrize("derives", [False, True])
def test_a_signed_message_is_proved(soap: str, digest: str, derives: bool) -> None:
    verdict = judged(request(FederatedCaller(soap=soap, digest=digest, derives=derives)))
    assert etree.tostring(verdict.proved.body[0]).startswith(b"<m:Question")
    assert (verdict.proved.created, verdict.proved.expires) == (NOW, NOW + 5 * MINUTE)
    assert verdict.proved.mark == verdict.message.signature_value


@pytest.mark.parametrize(
    ("covers", "cover", "why"),
    [
        ((), Cover.BODY, "message-signature-leaves-out-the-body"),
        (("to",), Cover.BODY, "message-signature-leaves-out-the-body"),
        ((), Cover.ADDRESS, "message-signature-leaves-out-the-address"),
        (("body",), Cover.ADDRESS, "message-signature-leaves-out-the-address"),
    ],
)
def test_what_must_be_signed_is(covers: tuple[str, ...], cover: Cover, why: str) -> None:
    demands = replace(DEMANDS, cover=cover)
    assert reason(lambda: judged(request(FederatedCaller(covers=covers)), demands)) == why


@pytest.mark.parametrize(
    ("covers", "cover"),
    [(("body",), Cover.BODY), (("to",), Cover.ADDRESS), ((), Cover.TIMESTAMP), (("body", "to"), Cover.TIMESTAMP)],
)
def test_no_more_is_asked_for_than_the_settings_say(covers: tuple[str, ...], cover: Cover) -> None:
    assert judged(request(FederatedCaller(covers=covers)), replace(DEMANDS, cover=cover)).proved.body is not None


def test_a_signature_without_the_time_is_refused() -> None:
    data = request(Odd(covers=("body",), change=_without_first))
    assert reason(lambda: judged(data)) == "message-signature-leaves-out-the-time"


def _without_first(info: str) -> str:
    start = info.index("<Reference")
    return info[:start] + info[info.index("<Reference", start + 1) :]


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("https://busy.example.com/EWS/Exchange.asmx", "message-for-another-address"),
        ("https://evil.example/EWS/Exchange.asmx/WSSecurity", "message-for-another-address"),
        ("", "message-for-another-address"),
        ("https://[/", "message-for-another-address"),
    ],
)
def test_a_signed_address_must_be_ours(to: str, why: str) -> None:
    assert reason(lambda: judged(request(to=to))) == why


def test_our_address_in_another_spelling_is_ours() -> None:
    assert judged(request(to="https://BUSY.example.com:443/ews/exchange.asmx/wssecurity/")).proved.body is not None


@pytest.mark.parametrize(("minutes", "why"), [(-11, "message-expired"), (6, "message-not-valid-yet")])
def test_a_message_of_another_time_is_refused(minutes: int, why: str) -> None:
    data = request(at=NOW + minutes * MINUTE)
    assert reason(lambda: judged(data)) == why


def test_a_message_signed_with_another_key_is_refused() -> None:
    token = replace(issued(), secret=b"x" * 32)
    assert reason(lambda: judged(request(token=token))) == "message-signature-wrong"


def test_a_token_of_somebody_else_does_not_prove_a_message() -> None:
    mine = request(token=issued(person="eve@contoso.example"))

    def swap(root: etree._Element) -> None:
        security = root[0][-1]
        security.replace(security[1], issued().token)

    assert reason(lambda: judged(spoiled(mine, swap))) == "message-signed-with-another-key"


# Signature wrapping: what was signed is kept somewhere, and something else stands in its place.


def _body_into_header(root: etree._Element) -> None:
    """The original keeps its signature elsewhere; the new body has an identifier of its own, or none."""
    original = root[1]
    forged = deepcopy(original)
    forged.set(ID, "_forged")
    forged[0].text = "what does the boss do?"
    root.replace(original, forged)
    etree.SubElement(root[0], "{urn:x}Wrapper").append(original)


def _body_into_header_directly(root: etree._Element) -> None:
    original = root[1]
    forged = deepcopy(original)
    forged.attrib.pop(ID)
    root.replace(original, forged)
    root[0].append(original)


def _body_into_body(root: etree._Element) -> None:
    original = root[1]
    forged = etree.SubElement(root, root[1].tag)
    forged.append(deepcopy(original[0]))
    forged.append(original)


def _body_into_security(root: etree._Element) -> None:
    original = root[1]
    forged = etree.SubElement(root, root[1].tag)
    forged.append(deepcopy(original[0]))
    root[0][-1].append(original)


def _same_id_in_another_attribute(name: str) -> Spoil:
    """Which of the two is meant depends on who looks: nobody is to look at all."""

    def spoil(root: etree._Element) -> None:
        etree.SubElement(root[0], "{urn:x}Bait").set(name, "_2")

    return spoil


def _to_into_wrapper(root: etree._Element) -> None:
    original = root[0][0]
    forged = deepcopy(original)
    forged.set(ID, "_forged")
    root[0].replace(original, forged)
    etree.SubElement(root[0], "{urn:x}Wrapper").append(original)


@pytest.mark.parametrize(
    ("wrap", "why"),
    [
        (_body_into_header, ELSEWHERE),
        (_body_into_header_directly, "message-signature-leaves-out-the-body"),
        (_body_into_body, ELSEWHERE),
        (_body_into_security, "more-in-the-header-than-it-needs"),
        (_same_id_in_another_attribute(ID), "the-same-id-twice"),
        (_same_id_in_another_attribute("Id"), NOT_ONCE),
        (_same_id_in_another_attribute("ID"), NOT_ONCE),
        (_same_id_in_another_attribute("id"), NOT_ONCE),
        (_same_id_in_another_attribute("AssertionID"), NOT_ONCE),
        (_same_id_in_another_attribute("{http://www.w3.org/XML/1998/namespace}id"), NOT_ONCE),
        (_to_into_wrapper, ELSEWHERE),
        (lambda root: root[1].attrib.pop(ID), NOT_ONCE),
        (lambda root: setattr(root[1][0], "text", "what does the boss do?"), "message-signature-wrong"),
        (lambda root: setattr(root[0][0], "text", URL + "/"), "message-signature-wrong"),
        (lambda root: setattr(root[0][-1][0][1], "text", "2026-11-20T12:09:00Z"), "message-signature-wrong"),
    ],
)
def test_every_form_of_wrapping_is_refused(wrap: Spoil, why: str) -> None:
    assert reason(lambda: judged(spoiled(request(), wrap))) == why


def test_a_signed_element_inside_another_one_does_not_count() -> None:
    """A header below a header: even signed by the right key, it is not where its name says."""

    def change(info: str) -> str:
        return info.replace("#_1", "#_deep")

    token = issued()
    nested = (
        f'<x:Wrapper xmlns:x="urn:x"><a:To xmlns:a="{ADDRESSING}" u:Id="_deep" xmlns:u="{WSU}">{URL}</a:To></x:Wrapper>'
    )
    caller = Odd(change=change)
    data = caller.request(QUESTION, token, to=URL, at=NOW, headers=nested)
    assert reason(lambda: judged(data)) == ELSEWHERE


@pytest.mark.parametrize(
    "change",
    [
        lambda info: info.replace("#_2", ""),
        lambda info: info.replace(
            "</Transforms>", '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></Transforms>'
        ),
        lambda info: info.replace("</Transforms>", f'<Transform Algorithm="{DS}enveloped-signature"/></Transforms>'),
        lambda info: info.replace(
            'hmac-sha1"/>', 'hmac-sha1"><HMACOutputLength>8</HMACOutputLength></SignatureMethod>'
        ),
        lambda info: info.replace(f"{DS}hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-md5"),
        lambda info: info.replace("#_2", "#_1"),
    ],
)
def test_even_the_holder_of_the_key_signs_in_one_form_only(change: Callable[[str], str]) -> None:
    assert reason(lambda: judged(request(Odd(change=change)))).startswith("message-signature-")


def _key_info(root: etree._Element) -> etree._Element:
    return root[0][-1][2][2]


def _reference(uri: str, tag: str = "Reference") -> Spoil:
    def spoil(root: etree._Element) -> None:
        reference = _key_info(root)[0]
        reference.clear()
        etree.SubElement(reference, f"{{{WSSE}}}{tag}", URI=uri)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: _key_info(root).getparent().remove(_key_info(root)),  # type: ignore[union-attr]
        lambda root: _key_info(root).clear(),
        lambda root: setattr(_key_info(root)[0][0], "text", "uuid-else"),
        lambda root: _key_info(root)[0][0].set("ValueType", "urn:x"),
        lambda root: _key_info(root)[0].append(deepcopy(_key_info(root)[0][0])),
        lambda root: _key_info(root).append(deepcopy(_key_info(root)[0])),
        _reference("#_2"),
        _reference("#_dk"),
        _reference("#EncToken", tag="Embedded"),
    ],
)
def test_another_key_than_the_tokens_is_refused(spoil: Spoil) -> None:
    assert reason(lambda: judged(spoiled(request(), spoil))) == "message-signed-with-another-key"


def test_the_token_may_be_named_by_its_place() -> None:
    assert judged(spoiled(request(), _reference("#EncToken"))).proved.body is not None


def _derived(root: etree._Element) -> etree._Element:
    return next(element for element in root.iter() if str(element.tag).endswith("DerivedKeyToken"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: setattr(_derived(root)[0][0], "text", "uuid-else"),
        lambda root: _derived(root)[0].append(deepcopy(_derived(root)[0][0])),
        lambda root: _derived(root)[0].clear(),
        lambda root: _derived(root).remove(_derived(root)[0]),
        lambda root: _derived(root).set(ID, "_else"),
    ],
)
def test_a_key_derived_from_another_token_is_refused(spoil: Spoil) -> None:
    data = spoiled(request(FederatedCaller(derives=True)), spoil)
    assert reason(lambda: judged(data)) == "message-signed-with-another-key"


ZONE, VERSION, TYPE = (
    f'<t:{name} xmlns:t="{T}"/>' for name in ("TimeZoneContext", "RequestServerVersion", "RequestType")
)
ZONED = QUESTION.replace("who is free?", f'<t:TimeZone xmlns:t="{T}"/>')


def _handed(data: bytes, cover: Cover = Cover.BODY) -> list[str]:
    demands = replace(DEMANDS, cover=cover)
    return [etree.QName(header).localname for header in judged(data, demands).proved.headers]


def test_headers_that_nobody_signed_mean_nothing_beside_a_signed_body() -> None:
    data = FederatedCaller(covers=("body",)).request(ZONED, issued(), to=URL, at=NOW, headers=ZONE + VERSION + TYPE)
    assert _handed(data) == _handed(data, Cover.TIMESTAMP) == ["MessageID", "RequestServerVersion"]


def test_a_zone_that_nobody_signed_is_not_passed_over_where_it_would_count() -> None:
    """Without it the question would be read in UTC: free at another time."""
    data = FederatedCaller().request(QUESTION, issued(), to=URL, at=NOW, headers=ZONE)
    assert reason(lambda: judged(data)) == "message-signature-leaves-out-the-time-zone"


def test_where_not_even_the_body_is_signed_headers_are_worth_as_much() -> None:
    data = FederatedCaller(covers=()).request(QUESTION, issued(), to=URL, at=NOW, headers=ZONE + TYPE)
    assert _handed(data, Cover.TIMESTAMP) == ["To", "MessageID", "TimeZoneContext", "RequestType"]


def test_a_signed_header_is_handed_on_as_it_was_signed() -> None:
    (to, _) = judged(request()).proved.headers
    assert (to.text, to.getparent()) == (URL, None)


def test_nothing_is_asked_for_by_default_but_the_narrowest() -> None:
    assert Demands().cover is Cover.BODY
