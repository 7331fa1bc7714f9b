"""The photos of the simulated directory."""

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Kind, Person
from simulation.address_book import AddressBook
from simulation.graph.photos import MOST, answer
from simulation.graph.schedule import GraphRefusal

ANN = Person(anchor="1", kind=Kind.USER, primary=Mailbox.parse("ann@b.example"))


def _refused(book: AddressBook, method: str, body: bytes = b"") -> tuple[int, str]:
    with pytest.raises(GraphRefusal) as caught:
        answer(book, book.people["1"], method, body)
    return caught.value.status, caught.value.code


def test_written_read_and_removed() -> None:
    book = AddressBook([ANN])
    assert _refused(book, "GET") == (404, "ImageNotFound")
    assert answer(book, ANN, "PUT", b"x").status == 200
    assert answer(book, book.people["1"], "GET", b"").body == b"x"
    assert answer(book, book.people["1"], "DELETE", b"").status == 204
    assert _refused(book, "DELETE") == (404, "ImageNotFound")


@pytest.mark.parametrize(("body", "status"), [(b"", 400), (b"x" * (MOST + 1), 413)])
def test_what_is_no_photo_is_refused(body: bytes, status: int) -> None:
    assert _refused(AddressBook([ANN]), "PUT", body)[0] == status
