"""The targets that read what callers ask in Google's, Microsoft Graph's and CalDAV's ways."""

import re
from typing import Final

import orjson
from lxml import etree

from protocols.caldav import propfind as finding
from protocols.caldav import scheduling as outbox
from protocols.caldav.refusals import caldav, dav, encode_error, status_of
from protocols.caldav.resources import PATHS, ROOT, Principal, resources
from protocols.errors import RequestError
from protocols.google import front as google_front
from protocols.google import front_errors as google_errors
from protocols.graph import front as graph_front
from protocols.graph import front_answer as graph_answer
from protocols.graph import front_errors as graph_errors
from protocols.model.freebusy import Availability, Unavailable
from protocols.model.intervals import EventDetails
from protocols.safexml import parse
from tests.fuzz.answering import NOW, SUBJECT, answers_to, unsaid, well_formed
from tests.fuzz.promises import hold

_MARK: Final = graph_errors.Mark(NOW, "0", "")
_DETAILS: Final = EventDetails(subject=SUBJECT)
_OURS: Final = Principal("northwind", ("olga@contoso.example",))
_UNFOLD: Final = re.compile(r"\r\n[ \t]")


def google(data: bytes) -> None:
    """A query is refused or answered: each id once, every doubt an error, and times alone."""
    try:
        asked = google_front.decode(data)
    except RequestError as error:
        status, body = google_errors.encode_fault(error)
        hold(400 <= status < 600 and orjson.loads(body)["error"]["code"] == status, "a refusal says its status")
        return
    answers = answers_to(asked.mailboxes, asked.question.window, _DETAILS)
    written = google_front.encode(asked, answers)
    calendars = orjson.loads(written)["calendars"]
    hold(list(calendars) == [*asked.ids, *asked.left_out], "each id once, in order")
    for id_, answer in zip(asked.ids, answers, strict=True):
        doubt = isinstance(answer, Unavailable) or answer.unknown
        hold(set(calendars[id_]) == ({"errors"} if doubt else {"busy"}), "doubt is an error, and only doubt")
    unsaid(written, data)


def graph(data: bytes) -> None:
    """After a line that is a path and a header, a getSchedule that is refused or answered, in order."""
    head, _, body = data.partition(b"\n")
    line = head.decode("utf-8", "surrogateescape")
    hold(isinstance(graph_front.is_schedule(line), bool), "a path is ours or not")
    preferred = graph_front.preferred_zone([line, line[::-1]])
    try:
        asked = graph_front.decode(body, preferred)
    except RequestError as error:
        status, refusal = graph_errors.encode_fault(error, _MARK)
        hold(400 <= status < 600 and bool(orjson.loads(refusal)["error"]["code"]), "a refusal says why")
        return
    answers = answers_to(asked.mailboxes, asked.question.window, _DETAILS)
    written = graph_answer.encode(asked, answers, context="https://busy.example.com/")
    schedules = orjson.loads(written)["value"]
    hold([each["scheduleId"] for each in schedules] == list(asked.schedules), "one for each, in order")
    for schedule, answer in zip(schedules, answers, strict=True):
        doubt = isinstance(answer, Unavailable) or answer.unknown
        hold(("error" in schedule) == bool(doubt), "doubt is an error, and only doubt")
        hold("error" not in schedule or "availabilityView" not in schedule, "an error has no view beside it")
    unsaid(written, data)


def scheduling(data: bytes) -> None:
    """A request to the outbox is refused or answered; nothing in it becomes a line of the answer's own."""
    try:
        asked = outbox.decode(data)
    except RequestError as error:
        hold(400 <= status_of(error) < 500, "the caller erred")
        well_formed(encode_error(error))
        return
    answers = answers_to(asked.mailboxes, asked.window, _DETAILS)
    written = outbox.encode(asked, answers, NOW)
    well_formed(written)
    hold(len(written) <= 6 * len(data) + 25_000 * (len(answers) + 1), "an answer in proportion to the question")
    responses = parse(written).findall(caldav("response"))
    recipients = [each.findtext(f"{caldav('recipient')}/{dav('href')}") or "" for each in responses]
    hold(recipients == [attendee for attendee, _ in asked.attendees], "one for each attendee, in order, as written")
    for response, answer in zip(responses, answers, strict=True):
        told = response.findtext(caldav("calendar-data"))
        hold((told is not None) == isinstance(answer, Availability), "whoever is not known has a status alone")
        if told is not None:
            names = [
                each.partition(":")[0]
                for each in _UNFOLD.sub("", told.replace("\r", "").replace("\n", "\r\n")).split("\r\n")
            ]
            hold(names.count("BEGIN") == names.count("END") == 2, "one VFREEBUSY in one VCALENDAR")
            hold(all(names.count(each) == 1 for each in ("UID", "DTSTART", "ORGANIZER", "ATTENDEE")), "each once")
            hold(sum(each.startswith("FREEBUSY") for each in names) >= 1, "who is busy is not told to be free")
    unsaid(written, data)


def propfind(data: bytes) -> None:
    """A PROPFIND is refused or answered by a multistatus that is not many times as long as what was asked."""
    try:
        wanted = finding.decode(data)
    except RequestError as error:
        well_formed(encode_error(error))
        return
    found = resources(ROOT, _OURS, children=True, max_size=1)
    written = finding.encode(found, wanted)
    root = parse(written)
    hold(len(root) == len(PATHS), "one response for each thing")
    hold(len(written) <= 20_000 + 40 * len(data), "an answer in proportion to the question")
    for name in wanted.names or ():
        hold(sum(1 for _ in root.iter(etree.QName(name))) >= len(PATHS), "of each it is said whether it is there")
