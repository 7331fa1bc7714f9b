"""Tests of protocols.ldap.tracking."""

import pytest

from protocols.errors import PeerError
from protocols.ldap.names import guid_text
from protocols.ldap.operations import DIRSYNC, Delete, Search
from protocols.ldap.tracking import Changed, mark, root, since
from protocols.model.freebusy import Reason
from tests.protocols.ldap.forest import DOMAIN, SCHEMA, Forest
from tests.protocols.scripted import run

ANN, BOB = f"CN=Ann,{DOMAIN}", f"CN=Bob,{DOMAIN}"
WAYS = pytest.mark.parametrize("dirsync", [True, False])


def filled(*, dirsync: bool = True, deleted: bool = True) -> Forest:
    forest = Forest(dirsync=dirsync, deleted=deleted)
    for dn in (ANN, BOB):
        forest.put(dn, {"objectClass": [b"user"]})
    return forest


def guid(forest: Forest, dn: str) -> str:
    return guid_text(forest.objects[dn.lower()]["objectguid"][0])


def token(forest: Forest) -> str:
    found = run(mark(forest, run(root(forest))))
    assert found is not None
    return found


def changes(forest: Forest, text: str) -> Changed:
    found = run(since(forest, run(root(forest)), text, ("mail",)))
    assert found is not None
    return found


def test_what_a_domain_controller_says_of_itself() -> None:
    forest = filled()
    found = run(root(forest))
    assert (found.domain, found.schema, found.update) == (DOMAIN, SCHEMA, forest.update)
    assert found.invocation == b"iiiiiiiiiiiiiiii".hex()
    assert found.controls == {DIRSYNC}


def test_what_is_none_is_told() -> None:
    forest = filled()
    forest.refusals = [(Search, "", 32)]
    with pytest.raises(PeerError, match="no domain controller"):
        run(root(forest))


@WAYS
def test_nothing_changed(dirsync: bool) -> None:
    forest = filled(dirsync=dirsync)
    text = token(forest)
    assert text.startswith("dirsync:" if dirsync else "usn:")
    found = changes(forest, text)
    assert (found.changed, found.deleted) == (frozenset(), frozenset())


@WAYS
def test_changes_additions_and_removals(dirsync: bool) -> None:
    forest = filled(dirsync=dirsync)
    text, ann, bob = token(forest), guid(forest, ANN), guid(forest, BOB)
    forest.put(ANN, {"objectClass": [b"user"], "mail": [b"ann@b.example"]})
    forest.put(f"CN=New,{DOMAIN}", {"objectClass": [b"group"]})
    run(forest(Delete(BOB), ()))
    found = changes(forest, text)
    assert found.changed == {ann, guid(forest, f"CN=New,{DOMAIN}")}
    assert found.deleted == {bob}
    again = changes(forest, found.token)
    assert (again.changed, again.deleted) == (frozenset(), frozenset())


def test_computers_are_nobody() -> None:
    forest = filled()
    text = token(forest)
    forest.put(f"CN=PC,{DOMAIN}", {"objectClass": [b"user", b"computer"]})
    assert changes(forest, text).changed == frozenset()


def test_who_does_not_see_what_went_gets_no_token() -> None:
    forest = filled(deleted=False)
    assert run(mark(forest, run(root(forest)))) is None


def test_who_does_not_see_it_any_more_reads_everything() -> None:
    forest = filled()
    text = token(forest)
    forest.deleted = False
    assert run(since(forest, run(root(forest)), text, ("mail",))) is None


@pytest.mark.parametrize(
    "text", ["", "nonsense", "dirsync:", "dirsync:%%%", "dirsync:anVuaw==", "usn:", "usn:69.1", "usn:x.y", "usn:.7"]
)
def test_a_token_that_is_no_good_here(text: str) -> None:
    forest = filled()
    assert run(since(forest, run(root(forest)), text, ("mail",))) is None


def test_numbers_of_the_future_are_of_a_directory_that_was_restored() -> None:
    forest = filled(dirsync=False)
    text = token(forest)
    forest.update -= 5
    assert run(since(forest, run(root(forest)), text, ("mail",))) is None


def test_another_domain_controller_has_other_numbers() -> None:
    forest = filled(dirsync=False)
    text = token(forest)
    forest.invocation = b"j" * 16
    assert run(since(forest, run(root(forest)), text, ("mail",))) is None


def test_a_busy_directory_is_an_error_and_no_reason_to_read_everything() -> None:
    forest = filled()
    here, text = run(root(forest)), token(forest)
    forest.refusals = [(Search, DOMAIN, 51)]
    with pytest.raises(PeerError) as caught:
        run(since(forest, here, text, ("mail",)))
    assert caught.value.reason is Reason.THROTTLED


def test_a_directory_that_refuses_dirsync_is_asked_by_numbers() -> None:
    forest = filled()
    forest.refusals = [(Search, DOMAIN, 50)]
    found = run(mark(forest, run(root(forest))))
    assert found == f"usn:{forest.invocation.hex()}.{forest.update}"


def test_a_change_without_its_name_is_an_error() -> None:
    forest = filled(dirsync=False)
    text = token(forest)
    forest.put(ANN, {"objectClass": [b"user"]})
    forest.objects[ANN.lower()]["objectguid"] = []
    with pytest.raises(PeerError, match="objectGUID"):
        changes(forest, text)
