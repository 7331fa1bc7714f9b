"""Tests of calsync/settings/microsoft.py: an application proves itself, an owner signs in."""

from tests.calsync.settings.merger import hub, read, wrong


def test_whoever_signs_in_needs_no_secret_and_has_none() -> None:
    assert read(hub("graph", "graph-account")).hubs[0].spokes["graph-account"].person
    (words,) = wrong(hub("graph", "graph-account", graph_account={"secret": "env:X"})).values()
    assert "leave out certificate and secret" in words


def test_an_application_proves_itself() -> None:
    (words,) = wrong(hub("google", "graph", graph={"certificate": "file:x.pem"})).values()
    assert "exactly one of certificate" in words


def test_names_are_the_same_in_capitals() -> None:
    one, other = (read(hub("graph", "ews", graph={"calendar": name})) for name in ("Merger", "MERGER"))
    assert one.hubs[0].spokes["graph"].place == other.hubs[0].spokes["graph"].place
