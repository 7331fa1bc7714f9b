"""Meeting times over the whole proxy: alone, beside free/busy and other windows, and of whom nothing may be said."""

from collections.abc import Sequence
from pathlib import Path

import aiohttp
from lxml import etree

from protocols.model.freebusy import Answer, Question
from protocols.model.mailbox import Mailbox
from tests.protocols.ews.samples import asking, texts, valid
from tests.proxy.served import EWS, XML, Busy, configuration, login, serving

_DAY = "<t:StartTime>2026-11-{:02}T00:00:00</t:StartTime><t:EndTime>2026-11-{:02}T00:00:00</t:EndTime>"


class _Noting(Busy):
    """Remembers the questions too."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[Question] = []

    async def lookup(self, mailboxes: Sequence[Mailbox], question: Question) -> list[Answer]:
        """As Busy answers."""
        self.questions.append(question)
        return await super().lookup(mailboxes, question)


def _wanting(*addresses: str, first: int = 23, last: int = 24, alone: bool = False, options: str = "") -> bytes:
    window = f"<t:DetailedSuggestionsWindow>{_DAY.format(first, last)}</t:DetailedSuggestionsWindow>"
    data = asking(
        *addresses,
        start="2026-11-23T00:00:00",
        end="2026-11-25T00:00:00",
        after=f"<t:SuggestionsViewOptions>{options}{window}</t:SuggestionsViewOptions>",
    )
    if not alone:
        return data
    start, end = data.index(b"<t:FreeBusyViewOptions>"), data.index(b"<t:SuggestionsViewOptions>")
    return data[:start] + data[end:]


async def _asked(directory: Path, body: bytes, **caller: object) -> tuple[int, etree._Element, _Noting]:
    connector = _Noting()
    async with (
        serving(directory, connector=connector, settings=configuration(**caller)) as proxy,
        aiohttp.ClientSession() as session,
        session.post(proxy.url + EWS, data=body, headers=XML | login()) as response,
    ):
        return response.status, valid(await response.read()), connector


async def test_alone_the_window_of_the_suggestions_is_looked_up(tmp_path: Path) -> None:
    status, root, connector = await _asked(tmp_path, _wanting("ann@fabrikam.example", first=24, last=25, alone=True))
    assert status == 200
    assert not list(root.iter("{*}FreeBusyResponse"))
    assert texts(root, "Date") == ["2026-11-24T00:00:00"]
    assert texts(root, "MeetingTime")[:2] == ["2026-11-24T08:00:00", "2026-11-24T08:30:00"]
    assert len(connector.questions) == 1


async def test_beside_free_busy_one_look_up_serves_both(tmp_path: Path) -> None:
    _, root, connector = await _asked(tmp_path, _wanting("ann@fabrikam.example"))
    assert len(list(root.iter("{*}FreeBusyResponse"))) == 1
    assert "2026-11-23T09:00:00" not in texts(root, "MeetingTime"), "everybody is busy from nine to ten"
    assert texts(root, "MeetingTime")[0] == "2026-11-23T08:00:00"
    assert len(connector.questions) == 1


async def test_beside_free_busy_of_other_days_both_are_looked_up(tmp_path: Path) -> None:
    _, root, connector = await _asked(tmp_path, _wanting("ann@fabrikam.example", first=25, last=27))
    assert texts(root, "Date") == ["2026-11-25T00:00:00", "2026-11-26T00:00:00"]
    assert len(list(root.iter("{*}CalendarEvent"))) == 1
    assert sorted(question.window.start.day for question in connector.questions) == [23, 25]


async def test_whom_nothing_may_be_said_of_is_never_free(tmp_path: Path) -> None:
    poor = "<t:MinimumSuggestionQuality>Poor</t:MinimumSuggestionQuality>"
    bodies = []
    for other in ("eve@forbidden.example", "eve@fabrikam.example"):
        reach = ["ann@fabrikam.example"]
        addresses = ("ann@fabrikam.example", other, "nobody")
        status, root, connector = await _asked(tmp_path, _wanting(*addresses, options=poor), may_ask=reach)
        assert status == 200
        assert connector.asked == ["ann@fabrikam.example"]
        assert set(texts(root, "SuggestionQuality")) == {"Poor"}
        assert len(list(root.iter("{*}UnknownAttendeeConflictData"))) == 2 * len(texts(root, "SuggestionQuality")) > 0
        bodies.append(etree.tostring(root))
    assert bodies[0] == bodies[1]


async def test_bad_options_are_the_callers_fault(tmp_path: Path) -> None:
    bad = "<t:GoodThreshold>77</t:GoodThreshold>"
    status, root, _ = await _asked(tmp_path, _wanting("ann@fabrikam.example", options=bad))
    assert (status, texts(root, "ResponseCode")) == (500, ["ErrorSchemaValidation"])
    status, root, _ = await _asked(tmp_path, _wanting("ann@fabrikam.example", options=bad), faults="per-mailbox")
    assert (status, texts(root, "ResponseCode")) == (200, ["ErrorSchemaValidation"])


async def test_each_mailbox_is_counted_once(tmp_path: Path) -> None:
    async with (
        serving(tmp_path) as proxy,
        aiohttp.ClientSession() as session,
        session.post(
            proxy.url + EWS, data=_wanting("ann@fabrikam.example", first=25, last=27), headers=XML | login()
        ) as response,
    ):
        assert response.status == 200
        told = proxy.metrics.exposition()[0].decode()
    assert 'busyline_mailboxes_total{caller="northwind",outcome="known"} 1.0' in told
