"""Tests of protocols/ews/groups.py."""

import pytest

from protocols.errors import PeerError
from protocols.ews.groups import level
from protocols.http import HttpResponse
from protocols.model.freebusy import Reason
from protocols.model.groups import GroupLevel
from protocols.model.mailbox import Mailbox
from tests.protocols.ews.test_operation import NOW, URL, answered
from tests.protocols.scripted import Peer, run

TEAM = Mailbox.parse("team@b.example")


def _message(body: str, kind: str = "Success", code: str = "NoError") -> str:
    return (
        f'<m:ExpandDLResponseMessage ResponseClass="{kind}"><m:ResponseCode>{code}</m:ResponseCode>{body}'
        "</m:ExpandDLResponseMessage>"
    )


def _answer(*messages: str) -> HttpResponse:
    return answered(
        f"<m:ExpandDLResponse><m:ResponseMessages>{''.join(messages)}</m:ResponseMessages></m:ExpandDLResponse>"
    )


def _expansion(*members: tuple[str, str], attributes: str = "") -> str:
    inside = "".join(
        f"<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress><t:MailboxType>{kind}</t:MailboxType></t:Mailbox>"
        for address, kind in members
    )
    return f"<m:DLExpansion {attributes}>{inside}</m:DLExpansion>"


def _level(answer: HttpResponse) -> GroupLevel | None:
    return run(level(Peer(answer), TEAM, url=URL, as_of=NOW))


def test_people_and_groups_are_told_apart() -> None:
    members = [("Ann@b.example", "Mailbox"), ("sub@b.example", "PublicDL"), ("x@c.example", "Contact")]
    members += [("folder@b.example", "PublicFolder"), ("m365@b.example", "GroupMailbox")]
    whole = 'TotalItemsInView="5" IncludesLastItemInRange="true"'
    found = _level(_answer(_message(_expansion(*members, attributes=whole))))
    assert found is not None
    assert [one.address for one in found.people] == ["ann@b.example", "x@c.example"]
    assert [one.address for one in found.groups] == ["sub@b.example", "m365@b.example"]
    assert _level(_answer(_message(_expansion()))) == GroupLevel((), ())


@pytest.mark.parametrize("code", ["ErrorNameResolutionNoResults", "ErrorNonExistentMailbox"])
def test_what_is_no_group(code: str) -> None:
    assert _level(_answer(_message("", "Error", code))) is None
    assert _level(_answer(_message(_expansion((TEAM.address, "Mailbox"))))) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (_answer(_message(_expansion(("a@b.example", "Mailbox"), attributes='TotalItemsInView="2"'))), "incomplete"),
        (_answer(_message(_expansion(attributes='IncludesLastItemInRange="false"'))), "incomplete"),
        (_answer(_message(_expansion(("a@b.example", "PrivateDL")))), "incomplete"),
        (_answer(_message(_expansion(("/o=a/cn=b", "Mailbox")))), "incomplete"),
        (_answer(_message("")), "garbled"),
        (_answer(), "garbled"),
        (_answer(_message(_expansion()), _message(_expansion())), "garbled"),
        (_answer(_message("", "Error", "ErrorServerBusy")), "throttled"),
        (_answer(_message(_expansion(), "Warning", "ErrorNameResolutionMultipleResults")), "peer-failed"),
    ],
)
def test_a_list_that_is_not_whole_is_none(answer: HttpResponse, reason: str) -> None:
    with pytest.raises(PeerError) as caught:
        _level(answer)
    assert caught.value.reason is Reason(reason)
