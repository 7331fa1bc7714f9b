"""What the simulated cmdlets do to groups and their members."""

from typing import Any

import pytest

from protocols.model.person import Field, Kind
from simulation.exchange_online.groups import MOST
from simulation.exchange_online.recipients import Recipients
from simulation.exchange_online.refusals import RefusedError

NEW: dict[str, Any] = {"Name": "sales", "Alias": "sales", "PrimarySmtpAddress": "sales@c.example"}
BYPASS = {"BypassSecurityGroupManagerCheck": True}


def _made(recipients: Recipients) -> dict[str, Any]:
    [row] = recipients.run("New-DistributionGroup", NEW)
    recipients.put("MailContact", "ann@b.example")
    return {"Identity": row["Guid"]}


def _names(recipients: Recipients, group: dict[str, Any]) -> list[str]:
    return [row["PrimarySmtpAddress"] for row in recipients.run("Get-DistributionGroupMember", group)]


def _refused(recipients: Recipients, name: str, parameters: dict[str, Any]) -> str:
    with pytest.raises(RefusedError) as error:
        recipients.run(name, parameters)
    return error.value.kind.rpartition(".")[2]


def test_a_group_is_made_and_told_and_removed() -> None:
    recipients = Recipients()
    group = _made(recipients)
    [told] = recipients.run("Get-DistributionGroup", group)
    assert (told["RecipientTypeDetails"], told["PrimarySmtpAddress"]) == (
        "MailUniversalDistributionGroup",
        "sales@c.example",
    )
    recipients.run("Set-Group", {**group, **BYPASS, "Notes": "All"})
    assert recipients.run("Get-Group", group)[0]["Notes"] == "All"
    recipients.run("Set-DistributionGroup", {**group, **BYPASS, "PrimarySmtpAddress": "s@c.example"})
    assert recipients.run("Get-DistributionGroup", group)[0]["PrimarySmtpAddress"] == "s@c.example"
    recipients.run("Remove-DistributionGroup", {**group, **BYPASS, "Confirm": False})
    assert _refused(recipients, "Get-DistributionGroup", group) == "ManagementObjectNotFoundException"


def test_members_come_and_go_by_any_address() -> None:
    recipients = Recipients()
    group = _made(recipients)
    ann = {**group, **BYPASS, "Member": "ANN@b.example"}
    recipients.run("Add-DistributionGroupMember", ann)
    assert _names(recipients, group) == ["ann@b.example"]
    assert _refused(recipients, "Add-DistributionGroupMember", ann) == "MemberAlreadyExistsException"
    recipients.run("Remove-DistributionGroupMember", {**ann, "Confirm": False})
    assert _names(recipients, group) == []
    assert _refused(recipients, "Remove-DistributionGroupMember", {**ann, "Confirm": False}) == (
        "MemberNotFoundException"
    )


def test_who_is_no_owner_has_to_say_so_and_who_removes_has_to_confirm() -> None:
    recipients = Recipients()
    group = _made(recipients)
    ann = {**group, "Member": "ann@b.example"}
    assert _refused(recipients, "Add-DistributionGroupMember", ann) == "ParameterBindingException"
    assert _refused(recipients, "Remove-DistributionGroupMember", {**ann, **BYPASS}) == "ParameterBindingException"


def test_the_whole_list_takes_the_place_of_the_old_one() -> None:
    recipients = Recipients()
    group = _made(recipients)
    recipients.put("MailContact", "bob@b.example")
    update = {**group, **BYPASS, "Members": ["bob@b.example", "bob@b.example"]}
    recipients.run("Update-DistributionGroupMember", update)
    assert _names(recipients, group) == ["bob@b.example"]
    too_many = {**group, **BYPASS, "Members": ["bob@b.example"] * (MOST + 1)}
    assert _refused(recipients, "Update-DistributionGroupMember", too_many) == "ParameterBindingException"
    nobody = {**group, **BYPASS, "Members": ["nobody@b.example"]}
    assert _refused(recipients, "Update-DistributionGroupMember", nobody) == "ManagementObjectNotFoundException"


def test_whoever_is_removed_is_in_no_group_any_more() -> None:
    recipients = Recipients()
    group = _made(recipients)
    recipients.run("Add-DistributionGroupMember", {**group, **BYPASS, "Member": "ann@b.example"})
    recipients.run("Remove-MailContact", {"Identity": "ann@b.example", "Confirm": False})
    assert _names(recipients, group) == []


def test_only_a_group_has_members() -> None:
    recipients = Recipients()
    _made(recipients)
    asked = {"Identity": "ann@b.example"}
    assert _refused(recipients, "Get-DistributionGroupMember", asked) == "ManagementObjectNotFoundException"


def test_the_address_of_a_group_lies_in_an_accepted_domain() -> None:
    recipients = Recipients()
    recipients.accepted = frozenset({"b.example"})
    assert _refused(recipients, "New-DistributionGroup", NEW) == "NotAcceptedDomainException"


def test_a_manager_is_told_by_name() -> None:
    recipients = Recipients()
    ann, boss = (recipients.put("MailContact", f"{name}@b.example") for name in ("ann", "boss"))
    recipients.run("Set-Contact", {"Identity": ann["Guid"], "Manager": boss["Guid"]})
    assert recipients.run("Get-Contact", {"Identity": ann["Guid"]})[0]["Manager"] == boss["Name"]
    recipients.run("Set-Contact", {"Identity": ann["Guid"], "Manager": None})
    assert recipients.run("Get-Contact", {"Identity": ann["Guid"]})[0]["Manager"] == ""


def test_a_description_is_told_as_a_list_and_shown_by_the_directory() -> None:
    recipients = Recipients()
    [row] = recipients.run("New-DistributionGroup", {**NEW, "Description": "All\nof us"})
    group = {"Identity": row["Guid"]}
    assert "Description" not in row
    assert recipients.run("Get-DistributionGroup", group)[0]["Description"] == ["All\r\nof us"]
    assert "Description" not in recipients.run("Get-Group", group)[0]
    [shown] = recipients.book.people.values()
    assert (shown.kind, shown.texts[Field.NOTES]) == (Kind.GROUP, "All\r\nof us")
    recipients.run("Set-DistributionGroup", {**group, **BYPASS, "Description": None})
    assert recipients.run("Get-DistributionGroup", group)[0]["Description"] == []
    recipients.run("Remove-DistributionGroup", {**group, **BYPASS, "Confirm": False})
    assert recipients.book.people == {}


def test_cmdlets_that_know_no_description_refuse_one() -> None:
    recipients = Recipients()
    recipients.describes = False
    described = {"Description": "All of us"}
    assert _refused(recipients, "New-DistributionGroup", {**NEW, **described}) == "ParameterBindingException"
    group = _made(recipients)
    assert _refused(recipients, "Set-DistributionGroup", {**group, **BYPASS, **described}) == (
        "ParameterBindingException"
    )
