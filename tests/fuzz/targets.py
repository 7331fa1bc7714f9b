"""What is fuzzed: each target takes bytes and lets nothing out but a defect; atheris is not needed here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl, unquote

from protocols.errors import RequestError
from protocols.ews import request as availability_request
from protocols.ews import response as availability_response
from protocols.ews import timezones
from protocols.ews.autodiscover import json_v2, pox, settings, soap
from protocols.ews.familiar import decode_familiar
from protocols.ews.manner import EXCHANGE, Manner
from protocols.ews.operations import AVAILABILITY, operation_of
from protocols.ews.query import AvailabilityRequest
from protocols.ews.soap import Envelope, encode_fault, read_envelope
from protocols.safexml import XmlRefused, local_name, parse
from tests.fuzz.answering import NOW, answers_to, well_formed
from tests.fuzz.dialects import google, graph, propfind, scheduling
from tests.fuzz.promises import hold
from tests.fuzz.sources import icalendar, moves, multistatus, provider, usersettings
from tests.fuzz.trusting import headers, jwt, oidc, wssecurity

Check: TypeAlias = Callable[[bytes], None]
_EWS_URL, _POX_URL = "https://busy.example.com/EWS/Exchange.asmx", "https://busy.example.com/autodiscover"
_PER_MAILBOX = Manner(per_mailbox_faults=True, always_events=True, offsets=True)
_SIGNS = ("busyline.invalid", "Traceback")


@dataclass(frozen=True, slots=True)
class Target:
    """One reader of what strangers send, and how long an input may be."""

    check: Check
    longest: int = 4096


def safexml(data: bytes) -> None:
    """XmlRefused or a tree, whose every node is an element within the depth promised."""
    try:
        root = parse(data, max_nodes=500)
    except XmlRefused as refused:
        hold(str(refused) != "", "a refusal says why")
        return
    elements = list(root.iter())
    hold(len(elements) <= 500, "no more elements than allowed")
    hold(all(local_name(element) for element in elements), "every node is an element")
    hold(root.getroottree().docinfo.internalDTD is None, "no document type")


def ewsdecoder(data: bytes) -> None:
    """A fault or an answer, in both manners; the quick reader agrees with the parser."""
    familiar = decode_familiar(data)
    try:
        envelope = read_envelope(data)
        asked = _operation(envelope)
    except RequestError as error:
        hold(familiar is None, "what the parser refuses is not familiar")
        _well_formed(encode_fault(error))
        _per_mailbox(data, error)
        return
    hold(familiar is None or familiar == asked, "what is familiar is what the parser reads")
    if asked is not None:
        _answered(asked)


def autodiscover(data: bytes) -> None:
    """In each dialect a refusal or an answer; the answer is the public address and nothing of the caller's."""
    try:
        pox.decode(data)
    except RequestError as error:
        _well_formed(pox.encode_refusal(error, NOW))
    dialect = soap.dialect(data)
    try:
        asked = settings.decode(data)
        _well_formed(settings.encode(asked, _EWS_URL, serves=lambda domain: domain.endswith("example")))
    except RequestError as error:
        _well_formed(soap.encode_fault(error, dialect))
    query, _, path = data.decode("utf-8", "replace").partition("\n")
    status, body = json_v2.answer(dict(parse_qsl(query)), unquote(path), _EWS_URL, _POX_URL)
    hold(status in (200, 400), "a status that is documented")
    hold(_EWS_URL.encode() in body or _POX_URL.encode() in body or status == 400, "the answer is our address")


TARGETS: Mapping[str, Target] = {
    "safexml": Target(safexml),
    "ewsdecoder": Target(ewsdecoder, 8192),
    "autodiscover": Target(autodiscover),
    "wssecurity": Target(wssecurity, 16_384),
    "jwt": Target(jwt),
    "headers": Target(headers, 2048),
    "oidc": Target(oidc),
    "google": Target(google),
    "graph": Target(graph),
    "scheduling": Target(scheduling, 8192),
    "propfind": Target(propfind, 8192),
    "icalendar": Target(icalendar, 8192),
    "multistatus": Target(multistatus, 8192),
    "provider": Target(provider),
    "usersettings": Target(usersettings),
    "moves": Target(moves),
}


def _operation(envelope: Envelope) -> AvailabilityRequest | None:
    if operation_of(envelope) == AVAILABILITY:
        return availability_request.decode(envelope)
    timezones.decode(envelope)
    return None


def _per_mailbox(data: bytes, error: RequestError) -> None:
    try:
        envelope = read_envelope(data)
    except RequestError:
        return
    told = availability_response.encode_refusal(envelope, error)
    if told is not None:
        _well_formed(told)


def _answered(asked: AvailabilityRequest) -> None:
    if asked.question is None:
        return
    answers = answers_to([target.mailbox for target in asked.targets], asked.question.window)
    for manner in (EXCHANGE, _PER_MAILBOX):
        written = availability_response.encode(asked, answers, manner)
        hold(written.count(b"<m:FreeBusyResponse>") == len(answers), "as many answers as mailboxes")
    _well_formed(written)


def _well_formed(answer: bytes) -> None:
    well_formed(answer)
    hold(not any(sign.encode() in answer for sign in _SIGNS), "an answer shows nothing of ours")
