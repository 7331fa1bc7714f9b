"""Tests of galsync.sides.active_directory_writing: what one step does, and why it does not."""

from asyncio import run
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from galsync.entries import Entry, Form, Held
from galsync.side import Failed, Outcome, Written
from galsync.steps import Act, Step, Why
from protocols.errors import PeerError
from protocols.ldap.operations import Add, Control, Delete, Modify, Request
from protocols.ldap.replies import Reply
from protocols.model.freebusy import Reason
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from tests.contracts.target import create, remove, retire, update
from tests.galsync.sides.test_active_directory_target import UNIT, TestContacts, opened
from tests.protocols.ldap.forest import DOMAIN, Forest, schema_of_exchange

LISTS = ("CN=All Contacts,DC=fabrikam,DC=example", "CN=Default Global Address List,DC=fabrikam,DC=example")


def entry(name: str = "ann", **more: object) -> Entry:
    return replace(TestContacts().entry(name), **more)  # type: ignore[arg-type]


def forest() -> Forest:
    return Forest(schema_of_exchange())


def written(here: Forest, *steps: Step, lists: tuple[str, ...] = ()) -> list[Outcome]:
    return list(run(opened(here, lists=lists).write("", steps)))


def held(here: Forest, address: str = "ann@b.example", lists: tuple[str, ...] = ()) -> Held:
    [found] = run(opened(here, lists=lists).look("", [], [address]))
    return found


def test_a_contact_has_all_that_exchange_wants() -> None:
    here = forest()
    aliases = ("second@b.example", "X500:/o=B/cn=Recipients/cn=ann")
    written(here, create(entry(aliases=aliases, texts={Field.COUNTRY: "de"})), lists=LISTS)
    made = here.objects[f"cn=ann@b.example,{UNIT.lower()}"]
    expected = {
        "objectclass": [b"contact", b"person"],
        "targetaddress": [b"SMTP:ann@b.example"],
        "proxyaddresses": [b"SMTP:ann@b.example", b"smtp:second@b.example", b"X500:/o=B/cn=Recipients/cn=ann"],
        "mail": [b"ann@b.example"],
        "mailnickname": [b"ann"],
        "msexchrecipientdisplaytype": [b"6"],
        "msexchrecipienttypedetails": [b"64"],
        "msexchversion": [b"44220983382016"],
        "internetencoding": [b"1310720"],
        "showinaddressbook": [each.encode() for each in LISTS],
        "extensionattribute15": [b"busyline:fabrikam/ad:ann"],
        "co": [b"de"],
        "c": [b"DE"],
    }
    assert {name: made.get(name) for name in expected} == expected
    assert "msexchhidefromaddresslists" not in made


def test_a_mail_user_cannot_sign_in() -> None:
    here = forest()
    written(here, create(entry(form=Form.MAIL_USER)))
    [add] = [each for each in here.seen if isinstance(each, Add)]
    assert add.attributes["userAccountControl"] == [b"514"]
    assert add.attributes["unicodePwd"] == ['"Random-1!"'.encode("utf-16-le")]
    assert add.attributes["msExchRecipientTypeDetails"] == [b"128"]
    assert 3 < len(add.attributes["sAMAccountName"][0]) <= 20
    assert "Random" not in repr(add)


def test_who_is_hidden_is_on_no_list_and_returns_to_them() -> None:
    here = forest()
    written(here, create(entry()), lists=LISTS)
    written(here, retire(held(here), "ad:ann"), lists=LISTS)
    made = here.objects[f"cn=ann,{UNIT.lower()}"]
    assert (made["msexchhidefromaddresslists"], made.get("showinaddressbook", [])) == ([b"TRUE"], [])
    written(here, update(entry(), held(here), "hidden"), lists=LISTS)
    made = here.objects[f"cn=ann,{UNIT.lower()}"]
    assert made.get("msexchhidefromaddresslists", []) == []
    assert made["showinaddressbook"] == [each.encode() for each in LISTS]


def test_two_of_one_name_both_get_one() -> None:
    here = forest()
    texts = {Field.DISPLAY_NAME: "Ann, the \\ one"}
    outcomes = written(here, create(entry("ann", texts=texts)), create(entry("bob", texts=texts)))
    keys = [outcome.key for outcome in outcomes if isinstance(outcome, Written)]
    assert keys[0] == f"CN=Ann\\, the \\\\ one,{UNIT}"
    assert keys[1].startswith("CN=Ann\\, the \\\\ one (")
    assert len(set(keys)) == 2


def test_a_name_that_others_have_twice_is_given_up() -> None:
    here = forest()
    here.refusals = [(Add, "", 68)]
    [outcome] = written(here, create(entry()))
    assert isinstance(outcome, Failed)
    assert "rename" in outcome.words


def test_an_alias_that_somebody_has_gets_a_mark() -> None:
    """mailNickname is one per organisation; who has it may be somebody with quite another address."""
    here = forest()
    here.put(f"CN=Ann,{DOMAIN}", {"objectClass": [b"user"], "mailNickname": [b"Ann"], "mail": [b"ann@other.example"]})
    [outcome] = written(here, create(entry()))
    assert isinstance(outcome, Written)
    [nickname] = here.objects[outcome.key.lower()]["mailnickname"]
    assert nickname.startswith(b"ann.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("proxyAddresses", b"smtp:ANN@b.example"),
        ("mail", b"ann@b.example"),
        ("targetAddress", b"SMTP:ann@b.example"),
        ("proxyAddresses", b"x500:/O=B/cn=recipients/cn=ann"),
        ("legacyExchangeDN", b"/o=B/cn=Recipients/cn=ann"),
    ],
)
def test_whoever_answers_to_an_address_is_in_the_way(name: str, value: bytes) -> None:
    here = forest()
    here.put(f"CN=Else,{DOMAIN}", {"objectClass": [b"user"], name: [value]})
    [outcome] = written(here, create(entry(aliases=("X500:/o=B/cn=Recipients/cn=ann",))))
    assert isinstance(outcome, Failed)
    assert outcome.reason is Reason.FORBIDDEN
    assert not [each for each in here.seen if isinstance(each, Add)]


def test_an_address_of_somebody_else_is_not_moved_to() -> None:
    here = forest()
    written(here, create(entry()))
    before = held(here)
    here.put(f"CN=Else,{DOMAIN}", {"objectClass": [b"user"], "mail": [b"anne@b.example"]})
    [outcome] = written(here, update(entry(address=Mailbox.parse("anne@b.example")), before, "address"))
    assert isinstance(outcome, Failed)
    assert held(here).address == before.address


def test_an_alias_of_somebody_else_is_not_taken() -> None:
    here = forest()
    written(here, create(entry()))
    before = held(here)
    here.put(f"CN=Else,{DOMAIN}", {"objectClass": [b"user"], "proxyAddresses": [b"smtp:second@b.example"]})
    [outcome] = written(here, update(entry(aliases=("second@b.example",)), before, "aliases"))
    assert isinstance(outcome, Failed)
    assert held(here).addresses == before.addresses


def test_a_stamp_that_goes_between_look_and_write_saves_the_object() -> None:
    here = forest()
    written(here, create(entry()))
    step = update(entry(texts={Field.TITLE: "Mine"}), held(here), texts=(Field.TITLE,))

    async def meddling(request: Request, controls: Sequence[Control]) -> Reply:
        if isinstance(request, Modify):
            made = here.objects[request.dn.lower()]
            here.put(request.dn, {**made, "extensionAttribute15": [], "extensionattribute15": []})
        return await here(request, controls)

    target = replace(opened(here), ask=meddling)
    [outcome] = run(target.write("", [step]))
    assert isinstance(outcome, Failed)
    assert "title" not in here.objects[f"cn=ann,{UNIT.lower()}"]


@pytest.mark.parametrize(
    ("code", "reason", "wait"),
    [
        (50, Reason.NO_ACCESS, None),
        (51, Reason.THROTTLED, timedelta(seconds=7)),
        (53, Reason.PEER_FAILED, None),
        (19, Reason.PEER_FAILED, None),
        (52, Reason.UNREACHABLE, None),
    ],
)
def test_a_refusal_is_an_outcome_with_words(code: int, reason: Reason, wait: timedelta | None) -> None:
    here = forest()
    here.refusals = [(Add, "CN=Ann,", code)]
    outcomes = written(here, create(entry()), create(entry("bob")))
    failed, other = outcomes
    assert isinstance(failed, Failed)
    assert (failed.reason, failed.retry_after, failed.doubt) == (reason, wait, False)
    assert f"LDAP {code}" in failed.words
    assert isinstance(other, Written)


def test_a_line_lost_while_writing_leaves_doubt() -> None:
    here = forest()

    async def breaking(request: Request, controls: Sequence[Control]) -> Reply:
        if isinstance(request, Add):
            await here(request, controls)
            raise PeerError(Reason.UNREACHABLE, "it closed the connection")
        return await here(request, controls)

    target = replace(opened(here), ask=breaking)
    [outcome] = run(target.write("", [create(entry())]))
    assert isinstance(outcome, Failed)
    assert outcome.doubt is True
    [again] = written(here, create(entry()))
    assert isinstance(again, Written)
    assert len([key for key in here.objects if key.endswith(UNIT.lower())]) == 2  # the unit, and Ann once


def test_a_line_lost_before_writing_leaves_none() -> None:
    here = forest()
    target = opened(here)

    async def breaking(request: Request, controls: Sequence[Control]) -> Reply:
        raise PeerError(Reason.UNREACHABLE, "it closed the connection")

    [outcome] = run(replace(target, ask=breaking).write("", [create(entry())]))
    assert outcome == Failed(Reason.UNREACHABLE, "it closed the connection")


def test_an_update_of_what_is_gone_fails_and_a_removal_is_done() -> None:
    here = forest()
    written(here, create(entry()))
    before = held(here)
    run(here(Delete(before.key), ()))
    changed, removed = written(here, update(entry(), before, "hidden"), remove(before, "ad:ann"))
    assert isinstance(changed, Failed)
    assert removed == Written()


def test_what_is_equal_already_is_not_written() -> None:
    here = forest()
    written(here, create(entry()))
    before = held(here)
    here.seen.clear()
    [outcome] = written(here, update(entry(), before, "address", "aliases", "hidden", texts=(Field.DISPLAY_NAME,)))
    assert outcome == Written(before.key, before.version)
    assert not [each for each in here.seen if isinstance(each, Modify)]


@pytest.mark.parametrize("act", [Act.CONFLICT, Act.REMEMBER, Act.UPDATE, Act.RETIRE, Act.REMOVE, Act.CREATE])
def test_a_step_without_what_it_needs_fails(act: Act) -> None:
    [outcome] = written(forest(), Step(act=act, anchor="ad:ann", why=Why.NEW))
    assert isinstance(outcome, Failed)
    assert outcome.doubt is False


def test_a_form_that_is_none_of_a_directory_is_not_made() -> None:
    [outcome] = written(forest(), create(entry(form=Form.GUEST)))
    assert isinstance(outcome, Failed)
