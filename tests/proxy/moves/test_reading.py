"""Lists are read whole or refused whole, and every wrong line is named."""

from pathlib import Path

import pytest

from proxy.list_files import ListFileError
from proxy.moves.reading import read
from proxy.moves.slices import at_once
from routing.listing import Listing
from routing.people import People
from tests.routing.moving import sides

PATH = Path("moved.csv")
GOOD = "ann@fabrikam.example,2026-11-20,one\n"


def _read(text: str, planned: set[str] | None = None) -> People:
    return at_once(read(text, PATH, Listing(sides()), planned=planned))


def _wrong(text: str, planned: set[str] | None = None) -> list[str]:
    with pytest.raises(ListFileError) as refused:
        _read(text, planned)
    return str(refused.value).splitlines()


def test_a_list_is_read() -> None:
    people = _read("address,batch,moved_at\n" + "Ann@fabrikam.example,one,2026-11-20\nbob@fabrikam.example,,2026-11-21")
    assert list(people.kinds) == ["ann@fabrikam.example", "bob@fabrikam.example"]
    assert list(people.instants) == [1_795_132_800, 1_795_219_200]
    assert people.names == ["one"]


def test_nobody_moves_yet() -> None:
    assert len(_read("address,moved_at,batch\n")) == 0
    for text in ("", "\n", "# nobody\n"):
        assert _wrong(text) == [
            "moved.csv: is empty: write the heading address,moved_at,batch alone if nobody moves yet"
        ]


def test_without_an_instant_the_batch_must_have_one() -> None:
    assert len(_read("ann@fabrikam.example,,one", {"one"})) == 1
    assert _wrong("ann@fabrikam.example,,two", {"one"})[0].startswith('moved.csv:1: the file of batches has no "two"')
    for text, planned in (("ann@fabrikam.example,,one", None), ("ann@fabrikam.example", {"one"})):
        assert _wrong(text, planned)[0].startswith("moved.csv:1: nothing says when: write moved_at")


def test_every_wrong_line_is_named_and_the_rest_refused() -> None:
    text = (
        "address,moved_at,batch\n"
        + GOOD
        + "ann@fabrikam.example,2026-11-20\n"
        + "bob@nowhere.example,2026-11-20\n"
        + "eve@fabrikam.example,20.11.2026\n"
        + "no address,2026-11-20\n"
        + "zoe@fabrikam.example,2026-11-20,one,more\n"
    )
    assert [line.partition(": ")[0] for line in _wrong(text)] == [f"moved.csv:{n}" for n in (3, 4, 5, 6, 7)]
    words = "\n".join(_wrong(text))
    assert "ann@fabrikam.example stands there already on line 2" in words
    assert 'moved_at "20.11.2026" is no day and no instant' in words
    assert "more fields than address, moved_at, batch" in words


def test_a_file_that_is_no_list_is_not_read_to_its_end() -> None:
    wrong = _wrong("nonsense\n" * 50_000)
    assert len(wrong) == 11
    assert wrong[-1] == "moved.csv: and 990 lines more"


def test_a_heading_with_a_strange_column() -> None:
    assert _wrong("address,phone\n") == [
        'moved.csv:1: the heading has a column "phone": write each of address, moved_at, batch once'
    ]


def test_fifty_thousand_people_are_read_in_short_steps() -> None:
    text = "".join(f"p{number}@fabrikam.example,2026-11-20,wave-{number % 20}\n" for number in range(50_000))
    work = read(text, PATH, Listing(sides()), planned=None)
    steps = 0
    try:
        while True:
            next(work)
            steps += 1
    except StopIteration as end:
        people: People = end.value
    assert steps == 500  # a hundred lines each
    assert len(people) == 50_000
    assert len(people.counts) == 20


@pytest.mark.parametrize("heading", ["email,date", "E-Mail;Datum;Welle"])
def test_a_heading_that_names_no_address(heading: str) -> None:
    said = 'moved.csv:1: the heading has no column "address": write address,moved_at,batch'
    assert _wrong(heading + "\n" + GOOD) == [said]


def test_lines_are_read_alike_however_they_are_written() -> None:
    text = (
        GOOD
        + 'bob@fabrikam.example,2026-11-20,one\n"eve@fabrikam.example",2026-11-20,one\n'
        + ("zoe@fabrikam.example , 2026-11-20,one\nkim@fabrikam.example,2026-11-20,one,\n")
    )
    people = _read(text.replace("one,\n", "one\n"))
    assert (len(people), list(people.counts)) == (5, [5])
    assert "more fields than" in _wrong(text.replace("one,\n", "one,x\n"))[0]
