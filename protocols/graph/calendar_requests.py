"""The requests for the events of one calendar of a mailbox in Microsoft 365; none of them has a server mail anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from protocols.graph.batch import Part
from protocols.graph.by_id import query_of, quoted
from protocols.graph.calendar_event import EXPAND, SELECT, SERIES, SERIES_EXPAND
from protocols.graph.calendar_times import PREFER
from protocols.graph.contact_fields import STAMP
from protocols.graph.paging import api
from protocols.model.window import TimeWindow

_HEADERS = {"Prefer": PREFER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A calendar: ``user`` names its mailbox (an address or an id), ``calendar`` is its id, "" for the mailbox's own.
    ``api_url`` is Graph's origin."""

    user: str
    calendar: str = ""
    api_url: str

    @property
    def path(self) -> str:
        """Where its events lie, below Graph's version."""
        return f"{self._calendar}/events"

    @property
    def resource(self) -> str:
        """What a subscription names: no URL, so that nothing in it is escaped."""
        return f"users/{self.user}/{f'calendars/{self.calendar}/' if self.calendar else ''}events"

    def delta(self, window: TimeWindow) -> str:
        """Where the changes of all that touches ``window`` are told (Graph, event: delta). That another calendar than
        the mailbox's own has it is not in the reference; it was seen to answer."""
        place = self._calendar if self.calendar else f"/users/{quote(self.user, safe='@')}"
        query = query_of({"startDateTime": _instant(window.start), "endDateTime": _instant(window.end)})
        return f"{api(self.api_url)}{place}/calendarView/delta?{query}"

    def stamped(self, beginning: str) -> str:
        """Where everything is listed whose stamp begins so (Graph, Get singleValueLegacyExtendedProperty)."""
        listed = self._listed(f"startswith(ep/value,'{quoted(beginning)}')")
        return f"{api(self.api_url)}{listed}"

    def marked(self, mark: str) -> Part:
        """Lists everything that bears this very stamp."""
        return Part(method="GET", path=self._listed(f"ep/value eq '{quoted(mark)}'"), headers=_HEADERS)

    def any(self) -> Part:
        """Tells one of its events, or that there is no such calendar."""
        return Part(method="GET", path=f"{self.path}?{query_of({'$select': 'id', '$top': '1'})}", headers=_HEADERS)

    def one(self, key: str) -> Part:
        """What stands under ``key``, with its stamp; of a series not its occurrences."""
        return self._get(key, {"$select": SELECT, "$expand": EXPAND})

    def series(self, key: str) -> Part:
        """The series under ``key`` with the occurrences that differ; without its stamp: whether both may be expanded at
        once is not said."""
        return self._get(key, {"$select": SERIES, "$expand": SERIES_EXPAND})

    def around(self, key: str, start: datetime) -> Part:
        """The occurrences of the series under ``key`` that touch the days around ``start``."""
        window = (start - timedelta(days=1), start + timedelta(days=2))
        query = {"startDateTime": _instant(window[0]), "endDateTime": _instant(window[1]), "$top": "50"}
        return Part(method="GET", path=f"{self._one(key)}/instances?{query_of(query)}", headers=_HEADERS)

    def creation(self, body: Mapping[str, Any]) -> Part:
        """Makes an event."""
        return Part(method="POST", path=self.path, body=body, headers=_HEADERS)

    def change(self, key: str, etag: str, body: Mapping[str, Any]) -> Part:
        """Changes an event or an occurrence, unless it is another by now (412 then)."""
        return Part(method="PATCH", path=self._one(key), body=body, headers={**_HEADERS, "If-Match": etag})

    def removal(self, key: str, etag: str) -> Part:
        """Deletes an event or an occurrence, unless it is another by now. It can be had back from the deleted items."""
        return Part(method="DELETE", path=self._one(key), headers={**_HEADERS, "If-Match": etag})

    @property
    def _calendar(self) -> str:
        inside = f"calendars/{quote(self.calendar, safe='')}" if self.calendar else "calendar"
        return f"/users/{quote(self.user, safe='@')}/{inside}"

    def _one(self, key: str) -> str:
        return f"{self.path}/{quote(key, safe='')}"

    def _get(self, key: str, query: dict[str, str]) -> Part:
        return Part(method="GET", path=f"{self._one(key)}?{query_of(query)}", headers=_HEADERS)

    def _listed(self, wanted: str) -> str:
        one = f"singleValueExtendedProperties/Any(ep: ep/id eq '{STAMP}' and {wanted})"
        query = {"$filter": one, "$select": SELECT, "$expand": EXPAND, "$top": "100"}
        return f"{self.path}?{query_of(query)}"


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
