"""The mailboxes of the simulated Exchange, and who may reach into them."""

import pytest
from lxml import etree

from simulation.exchange.contact_mailboxes import ContactsDesk, Refused
from simulation.exchange.soap import SOAP, SoapFault, T

ANN, BOB = "ann@b.example", "bob@b.example"


def _envelope(address: str = "") -> etree._Element:
    who = f"<t:ConnectingSID><t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress></t:ConnectingSID>"
    header = f"<t:ExchangeImpersonation>{who}</t:ExchangeImpersonation>" if address else ""
    return etree.fromstring(f'<s:Envelope xmlns:s="{SOAP}" xmlns:t="{T}"><s:Header>{header}</s:Header></s:Envelope>')


def _named(text: str) -> etree._Element:
    return etree.fromstring(f'<r xmlns:t="{T}">{text}</r>')[0]


def test_who_acts_for_whom() -> None:
    desk = ContactsDesk((ANN, BOB), impersonators=("svc@b.example",))
    assert desk.acting(_envelope(), "SVC@b.example") == ("svc@b.example", False)
    assert desk.acting(_envelope(ANN), "svc@b.example") == (ANN, True)
    with pytest.raises(SoapFault, match="ErrorNonExistentMailbox"):
        desk.acting(_envelope("nobody@b.example"), "svc@b.example")
    with pytest.raises(SoapFault, match="ErrorImpersonateUserDenied"):
        desk.acting(_envelope(ANN), BOB)
    desk.scope = frozenset({BOB})
    with pytest.raises(SoapFault, match="ErrorImpersonateUserDenied"):
        desk.acting(_envelope(ANN), "svc@b.example")


def test_a_mailbox_is_its_owner_s_and_of_those_to_whom_it_was_opened() -> None:
    desk = ContactsDesk((ANN, BOB))
    assert desk.mailbox(ANN, ANN).address == ANN
    with pytest.raises(Refused, match="ErrorAccessDenied"):
        desk.mailbox(ANN, BOB)
    desk.mailboxes[ANN].delegates = frozenset({BOB})
    assert desk.mailbox(ANN, BOB).address == ANN
    with pytest.raises(Refused, match="ErrorNonExistentMailbox"):
        desk.mailbox("nobody@b.example", BOB)


def test_folders_by_their_names() -> None:
    desk = ContactsDesk((ANN,))
    owner = f"<t:Mailbox><t:EmailAddress>{ANN}</t:EmailAddress></t:Mailbox>"
    box, folder = desk.folder(_named(f'<t:DistinguishedFolderId Id="contacts">{owner}</t:DistinguishedFolderId>'), ANN)
    assert folder is box.contacts
    assert desk.folder(_named('<t:DistinguishedFolderId Id="contacts"/>'), ANN)[1] is box.contacts
    made = desk.new_folder(box, box.contacts.key, "List")
    assert desk.folder(_named(f'<t:FolderId Id="{made.key}"/>'), ANN)[1] is made
    with pytest.raises(Refused, match="ErrorFolderExists"):
        desk.new_folder(box, box.contacts.key, "LIST")
    with pytest.raises(Refused, match="ErrorFolderNotFound"):
        desk.folder(_named('<t:DistinguishedFolderId Id="tasks"/>'), ANN)
    assert list(box.below(box.contacts.key)) == [made]
    assert made in list(box.below(f"{ANN}/root", deep=True))
    assert made not in list(box.below(f"{ANN}/root"))


def test_items_by_their_names() -> None:
    desk = ContactsDesk((ANN,))
    box = desk.mailboxes[ANN]
    item = desk.new_item(box.contacts, _named("<t:Contact><t:FileAs>Bob</t:FileAs></t:Contact>"))
    assert desk.item(_named(f'<t:ItemId Id="{item.key}"/>'), ANN) == (box.contacts, item)
    assert item.values == {("contacts:FileAs",): "Bob"}
    with pytest.raises(Refused, match="ErrorItemNotFound"):
        desk.item(_named(f'<t:ItemId Id="{ANN}/other"/>'), ANN)
