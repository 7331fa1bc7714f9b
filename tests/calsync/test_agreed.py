"""What the ledger knows of an item."""

from dataclasses import replace

from calsync.agreed import ANEW, Agreed, Aside, Link
from calsync.contents import digest


def test_nothing_of_its_content_is_printed() -> None:
    agreed = Agreed(id="7", origin="google", fields={"subject": "Secret"}, links={})
    assert "Secret" not in repr(agreed)
    assert "Secret" not in repr(Aside(spoke="google", key="k", version="1", why="private", title="Secret"))


def test_no_field_has_the_digest_that_asks_for_it_anew() -> None:
    assert len(digest("")) == len(ANEW)
    assert ANEW not in {digest(""), digest("x")}


def test_a_link_without_a_version_is_another_one() -> None:
    link = Link(spoke="google", key="k", version="1", copies=2)
    gone = replace(link, version="")
    assert gone != link
    assert gone.copies == 2
