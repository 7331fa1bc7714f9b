"""Recipients found: everybody, some, one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from protocols.errors import PeerError
from protocols.graph.admin_reading import (
    everything,
    hidden_guests,
    keys_of,
    members,
    named,
    one,
    quoted,
    some,
    stands,
    who_has,
)
from protocols.graph.admin_recipients import CUSTOM, Recipient
from protocols.graph.cmdlets import Endpoint
from protocols.http import HttpRequest, HttpResponse
from protocols.model.freebusy import Reason
from tests.protocols.scripted import json, run

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ENDPOINT = Endpoint(api_url="https://outlook.example", tenant="contoso.example")
STAMP = "busyline:fabrikam/ad:1"
GONE = json({"error": {"details": [{"message": "Ex1|ManagementObjectNotFoundException|gone"}]}}, 404)


class Exchange:
    """Answers each cmdlet as told, with no objects where nothing was; keeps what was asked."""

    def __init__(self, **answers: HttpResponse | list[dict[str, Any]]) -> None:
        self.answers = {name.replace("_", "-"): answer for name, answer in answers.items()}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        told = orjson.loads(request.body)["CmdletInput"]
        self.asked.append((told["CmdletName"], told["Parameters"]))
        answer = self.answers.get(told["CmdletName"], [])
        if "Identity" in told["Parameters"] and isinstance(answer, list):
            answer = [row for row in answer if row["Guid"] == told["Parameters"]["Identity"]]
        return json({"value": answer}) if isinstance(answer, list) else answer


def _row(key: str, kind: str = "MailContact", stamp: str = "", **told: Any) -> dict[str, Any]:
    custom = {**dict.fromkeys(CUSTOM, ""), "CustomAttribute15": stamp}
    return {"Guid": key, "RecipientTypeDetails": kind, "EmailAddresses": [f"SMTP:p{key}@b.example"], **custom, **told}


def _all(exchange: Exchange) -> list[Recipient]:
    async def read() -> list[Recipient]:
        return [each async for each in everything(exchange, ENDPOINT, as_of=NOW)]

    return run(read())


def _some(exchange: Exchange, keys: list[str], addresses: list[str]) -> list[Recipient]:
    return run(some(exchange, ENDPOINT, keys, addresses, as_of=NOW))


def test_everybody_once_and_what_is_stamped_with_its_fields() -> None:
    contacts = [_row("1", stamp=STAMP), _row("2")]
    users = [_row("3", "MailUser", STAMP), _row("4", "GuestMailUser")]
    exchange = Exchange(
        Get_MailContact=contacts,
        Get_Contact=[{"Guid": "2", "Title": "b"}, {"Guid": "1", "Title": "a"}],
        Get_MailUser=users,
        Get_User=[{"Guid": "3", "Title": "c"}],
        Get_Recipient=[*contacts, *users, _row("5", "UserMailbox")],
    )
    told = {each.key: each.texts.get("Title") for each in _all(exchange)}
    assert told == {"1": "a", "2": None, "3": "c", "4": None, "5": None}
    assert len(_all(exchange)) == 5


def test_where_nothing_is_stamped_fields_are_not_asked_for() -> None:
    exchange = Exchange(Get_MailContact=[_row("1")], Get_Recipient=[_row("1")])
    assert [each.key for each in _all(exchange)] == ["1"]
    asked = ["Get-MailContact", "Get-MailUser", "Get-DistributionGroup", "Get-Recipient"]
    assert [name for name, _ in exchange.asked] == asked


def test_whose_fields_did_not_come_is_asked_alone_and_who_went_meanwhile_is_left_out() -> None:
    class Late(Exchange):
        async def __call__(self, request: HttpRequest) -> HttpResponse:
            parameters = orjson.loads(request.body)["CmdletInput"]
            if parameters["CmdletName"] == "Get-Contact":
                identity = parameters["Parameters"].get("Identity")
                rows = {"1": json({"value": [{"Guid": "1", "Title": "a"}]}), None: json({"value": []}), "2": GONE}
                return rows[identity]
            return await super().__call__(request)

    exchange = Late(Get_MailContact=[_row("1", stamp=STAMP), _row("2", stamp=STAMP)])
    assert [(each.key, each.texts.get("Title")) for each in _all(exchange)] == [("1", "a")]


def test_who_came_meanwhile_is_read_alone() -> None:
    class Late(Exchange):
        async def __call__(self, request: HttpRequest) -> HttpResponse:
            told = orjson.loads(request.body)["CmdletInput"]
            if told["CmdletName"] == "Get-MailContact" and "Filter" not in told["Parameters"]:
                return json({"value": []})
            return await super().__call__(request)

    exchange = Late(
        Get_MailContact=[_row("1", stamp=STAMP)],
        Get_Contact=[{"Guid": "1", "Title": "a"}],
        Get_Recipient=[_row("1")],
    )
    [each] = _all(exchange)
    assert (each.texts["CustomAttribute15"], each.texts["Title"]) == (STAMP, "a")


@pytest.mark.parametrize("failing", ["Get_MailContact", "Get_Contact", "Get_MailUser", "Get_User", "Get_Recipient"])
def test_any_list_that_does_not_come_is_an_error(failing: str) -> None:
    answers: dict[str, Any] = {
        "Get_MailContact": [_row("1", stamp=STAMP)],
        "Get_Contact": [{"Guid": "1"}],
        "Get_MailUser": [_row("2", "MailUser", STAMP)],
        "Get_User": [{"Guid": "2"}],
    }
    assert len(_all(Exchange(**answers))) == 2
    with pytest.raises(PeerError):
        _all(Exchange(**{**answers, failing: json({"error": {}}, 500)}))


def test_some_by_key_and_by_address() -> None:
    rows = [_row("1", stamp=STAMP), _row("2", "UserMailbox"), _row("3", "UserMailbox")]
    exchange = Exchange(Get_Recipient=rows, Get_MailContact=rows[:1], Get_Contact=[{"Guid": "1", "Title": "a"}])
    told = _some(exchange, ["1"], ["p2@b.example", "sip:x@b.example"])
    assert [(each.key, each.texts.get("Title")) for each in told] == [("1", "a"), ("2", None)]
    [name, parameters] = exchange.asked[0]
    assert name == "Get-Recipient"
    assert parameters["Filter"] == (
        "Guid -eq '1' -or EmailAddresses -eq 'smtp:p2@b.example' -or ExternalEmailAddress -eq 'smtp:p2@b.example'"
        " -or EmailAddresses -eq 'sip:x@b.example'"
    )


def test_of_nobody_nothing_is_asked_and_of_many_in_parts() -> None:
    exchange = Exchange()
    assert _some(exchange, [], []) == []
    assert exchange.asked == []
    assert _some(exchange, [str(n) for n in range(21)], []) == []
    assert [parameters["Filter"].count("-eq") for _, parameters in exchange.asked] == [10, 10, 1]


def test_who_went_between_two_questions_is_not_told() -> None:
    assert _some(Exchange(Get_Recipient=[_row("1")]), ["1"], []) == []
    exchange = Exchange(Get_Recipient=[_row("1")], Get_MailContact=[_row("1", stamp=STAMP)], Get_Contact=GONE)
    assert _some(exchange, ["1"], []) == []
    exchange.answers["Get-Contact"] = HttpResponse(401)
    with pytest.raises(PeerError):
        _some(exchange, ["1"], [])


@pytest.mark.parametrize(("text", "inside"), [("o'neil", "o''neil"), ("a\u2019b", "a\u2019\u2019b"), ('"$x', '"$x')])
def test_nothing_ends_a_filter_early(text: str, inside: str) -> None:
    assert quoted(text) == inside


def test_one_by_its_kind() -> None:
    exchange = Exchange(Get_MailUser=[_row("1", "MailUser")])
    told = run(one(exchange, ENDPOINT, "MailUser", "1", as_of=NOW))
    assert isinstance(told, Recipient)
    nothing: tuple[HttpResponse | list[dict[str, Any]], ...] = (GONE, [])
    for answer in nothing:
        gone = run(one(Exchange(Get_MailContact=answer), ENDPOINT, "MailContact", "1", as_of=NOW))
        assert isinstance(gone, PeerError)
        assert gone.reason is Reason.NO_SUCH_MAILBOX
    bad = run(one(Exchange(Get_MailContact=[{"Guid": "1"}]), ENDPOINT, "MailContact", "1", as_of=NOW))
    assert isinstance(bad, PeerError)
    assert bad.reason is Reason.GARBLED


def test_whether_anything_stands_there() -> None:
    assert run(stands(Exchange(Get_Recipient=[_row("1")]), ENDPOINT, "1", as_of=NOW)) is True
    assert run(stands(Exchange(Get_Recipient=GONE), ENDPOINT, "1", as_of=NOW)) is False
    assert isinstance(run(stands(Exchange(Get_Recipient=HttpResponse(401)), ENDPOINT, "1", as_of=NOW)), PeerError)


def test_who_has_an_address_or_why_that_is_not_known() -> None:
    told = run(who_has(Exchange(Get_Recipient=[_row("2", "UserMailbox")]), ENDPOINT, ["p2@b.example"], as_of=NOW))
    assert isinstance(told, list)
    assert [each.key for each in told] == ["2"]
    assert isinstance(run(who_has(Exchange(Get_Recipient=HttpResponse(401)), ENDPOINT, ["x"], as_of=NOW)), PeerError)


def test_hidden_guests_by_their_ids_in_the_directory() -> None:
    exchange = Exchange(Get_MailUser=[{"ExternalDirectoryObjectId": "a"}, {"ExternalDirectoryObjectId": "b"}])
    assert run(hidden_guests(exchange, ENDPOINT, as_of=NOW)) == {"a", "b"}
    assert "GuestMailUser" in exchange.asked[0][1]["Filter"]


def test_groups_are_told_with_their_fields_and_no_more_is_asked_of_them_than_they_have() -> None:
    group = "MailUniversalDistributionGroup"
    exchange = Exchange(
        Get_DistributionGroup=[_row("1", group, STAMP), _row("2", "MailUniversalSecurityGroup")],
        Get_Group=[{"Guid": "1", "DisplayName": "Sales", "Notes": "All"}],
    )
    told = {each.key: (each.kind, each.texts.get("Notes")) for each in _all(exchange)}
    assert told == {"1": (group, "All"), "2": ("MailUniversalSecurityGroup", None)}
    assert ("Get-Group", {"ResultSize": "Unlimited", "RecipientTypeDetails": [group]}) in exchange.asked


def test_who_has_an_address_is_told_by_it_and_the_main_one_goes_first() -> None:
    row = {"RecipientTypeDetails": "MailContact", "EmailAddresses": ["SMTP:a@b.example", "smtp:z@b.example"]}
    rows = [
        {**row, "Guid": "1", "PrimarySmtpAddress": "a@b.example"},
        {**row, "Guid": "2", "EmailAddresses": ["SMTP:z@b.example"], "PrimarySmtpAddress": "z@b.example"},
    ]
    exchange = Exchange(Get_Recipient=rows)
    told = run(keys_of(exchange, ENDPOINT, ["a@b.example", "z@b.example", "no@b.example"], as_of=NOW))
    assert isinstance(told, dict)
    assert {address: each.key for address, each in told.items()} == {"a@b.example": "1", "z@b.example": "2"}
    assert isinstance(run(keys_of(Exchange(Get_Recipient=GONE), ENDPOINT, ["a@b.example"], as_of=NOW)), PeerError)


def test_members_are_told_and_those_without_mail_too() -> None:
    class Group(Exchange):
        async def __call__(self, request: HttpRequest) -> HttpResponse:
            return json({"value": [{"Guid": "1", "PrimarySmtpAddress": "a@b.example"}, {"Guid": "2"}]})

    told = run(members(Group(), ENDPOINT, "g", as_of=NOW))
    assert isinstance(told, list)
    assert [(each.key, str(each.address or "")) for each in told] == [("1", "a@b.example"), ("2", "")]
    assert isinstance(run(members(Exchange(Get_DistributionGroupMember=GONE), ENDPOINT, "g", as_of=NOW)), PeerError)


def test_whom_a_name_stands_for() -> None:
    rows = [{"Guid": "1", "Name": "Boss O'Neil", "PrimarySmtpAddress": "boss@b.example"}]
    exchange = Exchange(Get_Recipient=rows)
    assert run(named(exchange, ENDPOINT, ["Boss O'Neil"], as_of=NOW)) == {"boss o'neil": "boss@b.example"}
    assert exchange.asked[0][1]["Filter"] == "Name -eq 'Boss O''Neil'"
