"""How events of the simulated Outlook are told."""

from datetime import date

import pytest

from simulation.graph.calendar_objects import EXTENDED, Stored, put, put_occurrence
from simulation.graph.calendar_telling import Telling, held
from simulation.graph.schedule import GraphRefusal
from tests.simulation.graph.calendar_asking import ANNA, STAMP, TEXT, body, weekly

TELLING = Telling(ANNA, {"prefer": TEXT})
SECOND, THIRD = date(2026, 11, 16), date(2026, 11, 23)


def series() -> Stored:
    event = Stored("k", {})
    put(event, weekly(**{EXTENDED: [{"id": STAMP, "value": "busyline:h/it's"}]}), new=True)
    put_occurrence(event, SECOND, {"subject": "x"})
    event.cancelled.add(THIRD)
    return event


def test_what_differs_is_told_only_where_it_is_asked_for() -> None:
    plain = TELLING.event(series(), {})
    assert plain["type"] == "seriesMaster"
    assert not {"cancelledOccurrences", "exceptionOccurrences", "originalStart", EXTENDED} & plain.keys()
    names = "id,subject,originalStart,cancelledOccurrences,exceptionOccurrences"
    told = TELLING.event(series(), {"$select": names, "$expand": "exceptionOccurrences"})
    assert told["cancelledOccurrences"] == ["OID.k.2026-11-23"]
    [one] = told["exceptionOccurrences"]
    assert (one["id"], one["subject"], one["originalStart"]) == ("k.2026-11-16", "x", "2026-11-16T09:00:00Z")
    assert "exceptionOccurrences" not in TELLING.event(series(), {"$select": names})


def test_extended_properties_are_told_by_their_ids_in_small_letters() -> None:
    told = TELLING.event(series(), {"$expand": f"{EXTENDED}($filter=id eq '{STAMP}')"})
    assert told[EXTENDED] == [{"id": STAMP, "value": "busyline:h/it's"}]
    with pytest.raises(GraphRefusal):
        TELLING.event(series(), {"$expand": "attachments"})


def test_a_delta_tells_hardly_anything_of_an_occurrence() -> None:
    assert "subject" not in TELLING.bare(series(), date(2026, 11, 9))
    assert TELLING.bare(series(), SECOND)["subject"] == "x"


def test_texts_are_told_as_they_are_asked_for() -> None:
    event = Stored("k", {})
    put(event, body(body={"contentType": "text", "content": "a < b\nc"}), new=True)
    assert TELLING.event(event, {})["body"] == {"contentType": "text", "content": "a < b\r\nc\r\n"}
    for telling in (Telling(ANNA, {}), Telling(ANNA, {"prefer": TEXT}, heeds=False)):
        assert telling.event(event, {})["body"] == {
            "contentType": "html",
            "content": "<html><body>a &lt; b<br>c</body></html>",
        }
    put(event, {"body": {"contentType": "html", "content": "<p>a</p>"}}, new=False)
    assert TELLING.event(event, {})["body"]["content"] == "a\r\n"


def test_who_organises_is_told() -> None:
    event = series()
    assert TELLING.event(event, {})["isOrganizer"]
    event.organiser = "bob@b.example"
    told = TELLING.event(event, {})
    assert (told["isOrganizer"], told["responseStatus"]["response"]) == (False, "notResponded")


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ("", 2),
        (f"{EXTENDED}/Any(ep: ep/id eq '{STAMP}' and ep/value eq 'busyline:h/it''s')", 1),
        (f"{EXTENDED}/Any(ep: ep/id eq '{STAMP}' and startswith(ep/value,'BUSYLINE:'))", 1),
        (f"{EXTENDED}/Any(ep: ep/id eq '{STAMP}' and ep/value eq 'else')", 0),
    ],
)
def test_a_filter_by_an_extended_property(wanted: str, number: int) -> None:
    plain = Stored("p", {})
    put(plain, body(), new=True)
    assert len(held([series(), plain], wanted)) == number


def test_any_other_filter_is_refused() -> None:
    with pytest.raises(GraphRefusal):
        held([], "subject eq 'x'")
