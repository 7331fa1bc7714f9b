"""The photos of the simulated directory's users, as Graph reads, takes and removes them."""

from dataclasses import replace
from typing import Final

from aiohttp import web

from protocols.model.person import Person
from simulation.address_book import AddressBook
from simulation.graph.schedule import GraphRefusal

MOST: Final = 4_000_000
"""Octets (Graph, Update profilePhoto)."""


def answer(book: AddressBook, person: Person, method: str, body: bytes) -> web.Response:
    """Of ``person``'s photo, as it stands in ``book``. Raises GraphRefusal."""
    if method in {"PUT", "PATCH"}:
        if not body or len(body) > MOST:
            raise GraphRefusal(413 if body else 400, "ErrorInvalidRequest", "The photo cannot be taken.")
        book.put(replace(person, photo=body))
        return web.Response(status=200)
    if not person.photo:
        raise GraphRefusal(404, "ImageNotFound", "Exception of type 'ImageNotFoundException' was thrown.")
    if method == "DELETE":
        book.put(replace(person, photo=b""))
        return web.Response(status=204)
    return web.Response(body=person.photo, content_type="image/jpeg")
