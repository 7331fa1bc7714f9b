"""How events of the simulated Outlook are told: what is selected, what is expanded, and in which form of text."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any, Final

from protocols.plain_text import of_html
from simulation.graph.calendar_objects import EXTENDED, Stored, change_key, times_told
from simulation.graph.schedule import GraphRefusal

_EXPANDED: Final = re.compile(rf"{EXTENDED}\(\$filter=id eq '(?P<id>[^']*)'\)")
_HELD: Final = re.compile(
    rf"{EXTENDED}/Any\(ep: ep/id eq '(?P<id>[^']*)' and "
    r"(?:ep/value eq '(?P<value>(?:[^']|'')*)'|startswith\(ep/value,'(?P<start>(?:[^']|'')*)'\))\)"
)
_ASKED_FOR: Final = frozenset({"originalStart", "occurrenceId", "cancelledOccurrences", "exceptionOccurrences"})
"""What is told only where it is selected by its name."""


class Telling:
    """``text``: texts are told as text where that is asked for; a server that does not heed it tells HTML."""

    def __init__(self, owner: str, headers: Mapping[str, str], *, heeds: bool = True) -> None:
        prefer = headers.get("prefer", "").lower()
        self._owner = owner
        self._text = heeds and 'outlook.body-content-type="text"' in prefer

    def event(self, event: Stored, query: Mapping[str, str]) -> dict[str, Any]:
        """The event, or the master of a series."""
        kind = "seriesMaster" if event.repeats else "singleInstance"
        told = self._told(event, event.properties, event.key, event.etag, kind)
        told |= {"recurrence": event.properties["recurrence"], "seriesMasterId": None, "originalStart": None}
        told |= {"cancelledOccurrences": [_occurrence_id(event, day) for day in sorted(event.cancelled)]}
        told["exceptionOccurrences"] = [self.occurrence(event, day, query) for day in sorted(event.altered)]
        return self._selected(event, told | event.raw, query)

    def occurrence(self, event: Stored, day: date, query: Mapping[str, str]) -> dict[str, Any]:
        """One occurrence as it is now."""
        kind = "exception" if day in event.altered else "occurrence"
        told = self._told(event, event.of(day), _instance(event, day), _etag(event, day), kind)
        told |= {"seriesMasterId": event.key, "recurrence": None, "occurrenceId": _occurrence_id(event, day)}
        told["originalStart"] = event.original(day).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._selected(event, told, query)

    def bare(self, event: Stored, day: date) -> dict[str, Any]:
        """An occurrence as a delta tells it: hardly anything but when it is."""
        if day in event.altered:
            return self.occurrence(event, day, {})
        whole = self.occurrence(event, day, {})
        names = ("@odata.etag", "id", "seriesMasterId", "type", "start", "end")
        return {"@odata.type": "#microsoft.graph.event", **{name: whole[name] for name in names}}

    def _told(
        self, event: Stored, properties: Mapping[str, Any], key: str, etag: str, kind: str
    ) -> dict[str, Any]:  # fmt: skip
        own = event.organiser in ("", self._owner)
        address = event.organiser or self._owner
        told = {name: value for name, value in properties.items() if name not in ("start", "end", "body")}
        answer = properties.get("responseStatus", {}).get("response", "notResponded")
        return told | {
            "@odata.etag": etag,
            "id": key,
            "changeKey": etag[3:-1],
            "iCalUId": event.uid,
            "type": kind,
            "body": self._body(properties["body"]),
            "organizer": {"emailAddress": {"name": address.partition("@")[0], "address": address}},
            "isOrganizer": own,
            "responseStatus": {"response": "organizer" if own else answer, "time": "0001-01-01T00:00:00Z"},
            "isCancelled": properties.get("isCancelled", False),
            "isOnlineMeeting": False,
            "lastModifiedDateTime": event.modified,
            **times_told(properties),
        }

    def _body(self, body: Mapping[str, Any]) -> dict[str, str]:
        content, html = str(body.get("content", "")), str(body.get("contentType", "text")).lower() == "html"
        if self._text:
            plain = of_html(content, longest=100_000) if html else content
            return {"contentType": "text", "content": plain.replace("\n", "\r\n") + ("\r\n" if plain else "")}
        shown = content if html else escape(content).replace("\n", "<br>")
        return {"contentType": "html", "content": shown if html else f"<html><body>{shown}</body></html>"}

    def _selected(self, event: Stored, told: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        names = query["$select"].split(",") if query.get("$select") else None
        expand = query.get("$expand", "")
        if names is not None:
            found = {name: value for name, value in told.items() if name in (*names, "@odata.etag", "id")}
        else:
            found = {name: value for name, value in told.items() if name not in _ASKED_FOR}
        if expand != "exceptionOccurrences":
            found.pop("exceptionOccurrences", None)
        if expand and expand != "exceptionOccurrences":
            match = _EXPANDED.fullmatch(expand)
            if match is None:
                raise GraphRefusal(400, "ErrorInvalidPropertyId", "Extended properties are asked for by their ids.")
            value = event.extended.get(match["id"].lower())
            if value is not None:
                found[EXTENDED] = [{"id": _small(match["id"]), "value": value}]
        return found


def held(events: Iterable[Stored], wanted: str) -> list[Stored]:
    """Those that a $filter by an extended property wants; all of them for "". Raises GraphRefusal for any other."""
    if not wanted:
        return list(events)
    match = _HELD.fullmatch(wanted)
    if match is None:
        raise GraphRefusal(400, "ErrorInvalidUrlQueryFilter", "The query filter is not supported.")
    one, exact = match["id"].lower(), match["value"] is not None
    value = (match["value"] if exact else match["start"]).replace("''", "'").lower()  # "case-insensitive"
    found = ((event, event.extended.get(one)) for event in events)
    return [
        event
        for event, told in found
        if told is not None and (told.lower() == value if exact else told.lower().startswith(value))
    ]


def _instance(event: Stored, day: date) -> str:
    return f"{event.key}.{day.isoformat()}"


def _occurrence_id(event: Stored, day: date) -> str:
    return f"OID.{event.key}.{day.isoformat()}"


def _etag(event: Stored, day: date) -> str:
    altered = event.altered.get(day)
    return f'W/"{change_key(event.version)}{altered.version if altered else 0:02}"'


def _small(one: str) -> str:
    kind, _, rest = one.partition(" ")
    front, space, name = rest.partition(" ")
    return f"{kind} {front.lower()}{space}{name}"
