"""What callers object to: dates for long and short lives, names, and a table with a sentence for each kind."""

import pytest

from certs.objections import REFUSED, Kind, ascii_host, covers, dated, names, objections
from tests.certs.authority import DAY, NOW, Authority

CA = Authority()
LEAF = CA.leaf("Busy.example.com", "127.0.0.1")


@pytest.mark.parametrize(
    ("life", "left", "kind"),
    [
        (90, 90, None),
        (90, 22, None),
        (90, 20, Kind.SOON),
        (90, 0, Kind.EXPIRED),
        (90, 91, Kind.NOT_YET),
        (6, 4, None),  # not for the whole of a short life
        (6, 1.9, Kind.SOON),
    ],
)
def test_dates(life: float, left: float, kind: Kind | None) -> None:
    leaf = CA.leaf("a.example", begins=NOW, ends=NOW + life * DAY).leaf
    found = dated(leaf, now=NOW + (life - left) * DAY)
    assert (found.kind if found else None) == kind


def test_every_kind_comes_with_a_remedy() -> None:
    upper = Authority("Issuing", issuer=CA)
    leaf = upper.leaf("a.example").leaf
    seen = {
        each.kind: each.words
        for chain, now, host in (
            ([leaf], NOW, None),
            ([leaf, CA.certificate], NOW, "b.example"),
            ([leaf], NOW + 80 * DAY, None),
            ([leaf], NOW + 91 * DAY, None),
            ([leaf], NOW - 2 * DAY, None),
        )
        for each in objections(chain, now=now, host=host)
    }
    assert set(seen) == set(Kind)
    assert all(": " in words for words in seen.values())
    assert {Kind.SOON, Kind.ALONE} == set(Kind) - REFUSED


def test_names_and_whom_they_cover() -> None:
    assert names(LEAF.leaf) == ["busy.example.com", "127.0.0.1"]
    assert covers(LEAF.leaf, "BUSY.example.com")
    assert covers(LEAF.leaf, "127.0.0.1")
    assert not covers(LEAF.leaf, "example.com")
    assert names(CA.certificate) == []


@pytest.mark.parametrize(
    ("host", "spelt"), [("Bücher.Example", "xn--bcher-kva.example"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")]
)
def test_hosts_are_spelt_as_in_certificates(host: str, spelt: str) -> None:
    assert ascii_host(host) == spelt
    assert covers(CA.leaf(spelt).leaf, host)
