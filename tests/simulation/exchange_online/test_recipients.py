"""What the simulated cmdlets do."""

from typing import Any

import pytest

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.exchange_online.recipients import Recipients
from simulation.exchange_online.refusals import RefusedError

NEW: dict[str, Any] = {"Name": "ann", "Alias": "ann.1", "DisplayName": "Ann", "ExternalEmailAddress": "ann@b.example"}
OTHER: dict[str, Any] = {**NEW, "Name": "b", "Alias": "b"}


def _made(recipients: Recipients) -> str:
    [row] = recipients.run("New-MailContact", NEW)
    return str(row["Guid"])


def _refused(recipients: Recipients, name: str, parameters: dict[str, Any]) -> str:
    with pytest.raises(RefusedError) as error:
        recipients.run(name, parameters)
    return error.value.kind.rpartition(".")[2]


def test_a_contact_is_made_changed_and_removed() -> None:
    recipients = Recipients()
    guid = _made(recipients)
    before = dict(recipients.rows[guid])
    recipients.run("Set-Contact", {"Identity": guid, "Title": "Lead", "Notes": "a\nb"})
    recipients.run(
        "Set-MailContact", {"Identity": guid, "CustomAttribute3": "3", "HiddenFromAddressListsEnabled": True}
    )
    [personal] = recipients.run("Get-Contact", {"Identity": guid})
    [mail] = recipients.run("Get-MailContact", {"Identity": guid})
    assert (personal["Title"], personal["Notes"]) == ("Lead", "a\r\nb")
    assert (mail["CustomAttribute3"], mail["HiddenFromAddressListsEnabled"]) == ("3", True)
    assert "Title" not in mail
    assert "CustomAttribute3" not in personal
    assert mail["WhenChangedUTC"] > before["WhenChangedUTC"]
    recipients.run("Remove-MailContact", {"Identity": guid, "Confirm": False})
    assert recipients.rows == {}


def test_addresses_come_go_and_move() -> None:
    recipients = Recipients()
    guid = _made(recipients)
    values = {"@odata.type": "#Exchange.GenericHashTable", "add": ["smtp:a@b.example", "X500:/o=B"]}
    recipients.run("Set-MailContact", {"Identity": guid, "EmailAddresses": values})
    recipients.run("Set-MailContact", {"Identity": guid, "ExternalEmailAddress": "new@b.example"})
    recipients.run("Set-MailContact", {"Identity": guid, "WindowsEmailAddress": "new@b.example"})
    values = {"@odata.type": "#Exchange.GenericHashTable", "remove": ["smtp:a@b.example"]}
    recipients.run("Set-MailContact", {"Identity": guid, "EmailAddresses": values})
    [row] = recipients.run("Get-MailContact", {"Identity": guid})
    assert row["EmailAddresses"] == ["SMTP:new@b.example", "smtp:ann@b.example", "X500:/o=B"]
    assert row["PrimarySmtpAddress"] == "new@b.example"


@pytest.mark.parametrize(
    ("name", "more", "kind"),
    [
        ("New-MailContact", NEW, "ADObjectAlreadyExistsException"),
        ("New-MailContact", OTHER, "ProxyAddressExistsException"),
        (
            "New-MailContact",
            {**OTHER, "ExternalEmailAddress": "x"},
            "ParameterBindingException",
        ),
        (
            "New-MailUser",
            {**OTHER, "ExternalEmailAddress": "c@b.example"},
            "ParameterBindingException",
        ),
        ("Set-Contact", {"Identity": "ann", "DisplayName": ""}, "ParameterBindingException"),
        ("Set-Contact", {"Identity": "ann", "CustomAttribute3": "x"}, "ParameterBindingException"),
        ("Set-MailContact", {"Identity": "ann", "Title": "x"}, "ParameterBindingException"),
        ("Set-MailContact", {"Identity": "ann", "EmailAddresses": {"add": []}}, "ParameterBindingException"),
        ("Set-MailUser", {"Identity": "ann"}, "ManagementObjectNotFoundException"),
        ("Get-MailUser", {"Identity": "ann"}, "ManagementObjectNotFoundException"),
        ("Get-Recipient", {"Filter": "x"}, "ParameterBindingException"),
        ("Remove-MailContact", {"Identity": "ann"}, "ParameterBindingException"),
        ("Remove-Mailbox", {"Identity": "ann", "Confirm": False}, "CommandNotFoundException"),
        ("Format-Disk", {}, "CommandNotFoundException"),
    ],
)
def test_what_is_refused(name: str, more: dict[str, Any], kind: str) -> None:
    recipients = Recipients()
    guid = _made(recipients)
    before = dict(recipients.rows[guid])
    assert _refused(recipients, name, more) == kind
    assert recipients.rows == {guid: before}


def test_what_is_synchronised_is_written_elsewhere() -> None:
    recipients = Recipients()
    recipients.put("MailContact", "a@b.example", Name="a", IsDirSynced=True)
    assert _refused(recipients, "Set-Contact", {"Identity": "a", "Title": "x"}) == "InvalidOperationException"


def test_mail_users_and_guests_are_in_the_directory_too() -> None:
    recipients = Recipients(AddressBook())
    sign_in = {"MicrosoftOnlineServicesID": "ann@x.example", "Password": "long enough"}
    [row] = recipients.run("New-MailUser", {**NEW, **sign_in})
    assert recipients.book.people[row["ExternalDirectoryObjectId"]].kind is Kind.USER
    guest = Person(
        anchor="g",
        kind=Kind.CONTACT,
        primary=Mailbox.parse("g@b.example"),
        texts={Field.DISPLAY_NAME: "G"},
        attributes={"userType": "Guest"},
    )
    recipients.book.put(guest)
    recipients.lag = True
    assert len(recipients.run("Get-MailUser", {})) == 1
    recipients.lag = False
    [_, told] = recipients.run("Get-MailUser", {})
    assert (told["ExternalDirectoryObjectId"], told["HiddenFromAddressListsEnabled"]) == ("g", True)
    recipients.book.remove("g")
    assert len(recipients.run("Get-MailUser", {})) == 1
