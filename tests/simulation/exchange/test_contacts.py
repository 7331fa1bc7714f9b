"""The operations on contacts of the simulated Exchange."""

import pytest
from lxml import etree

from simulation.exchange.contact_mailboxes import ContactsDesk
from simulation.exchange.contacts import OPERATIONS, answer
from simulation.exchange.soap import NS, SOAP, M, SoapFault, T
from simulation.faults import Trouble

ANN = "ann@b.example"
PARENT = '<m:ParentFolderIds><t:DistinguishedFolderId Id="contacts"/></m:ParentFolderIds>'
NEW = "<t:Contact><t:FileAs>{}</t:FileAs></t:Contact>"


def _asked(desk: ContactsDesk, text: str, trouble: Trouble | None = None, who: str = ANN) -> list[etree._Element]:
    whole = f'<s:Envelope xmlns:s="{SOAP}" xmlns:m="{M}" xmlns:t="{T}"><s:Header/><s:Body>{text}</s:Body></s:Envelope>'
    root = etree.fromstring(whole)
    [operation] = root.iterfind("s:Body/*", NS)
    assert operation.tag in OPERATIONS
    told = etree.fromstring((answer(root, operation, desk, who, trouble).text or "").encode())
    return list(told.iterfind("s:Body/*/m:ResponseMessages/*", NS))


def _codes(messages: list[etree._Element]) -> list[str]:
    return [each.findtext("m:ResponseCode", "", NS) for each in messages]


def _create(*names: str) -> str:
    folder = '<m:SavedItemFolderId><t:DistinguishedFolderId Id="contacts"/></m:SavedItemFolderId>'
    return f"<m:CreateItem>{folder}<m:Items>{''.join(NEW.format(each) for each in names)}</m:Items></m:CreateItem>"


def _ids(messages: list[etree._Element]) -> list[etree._Element]:
    return [found for each in messages for found in each.iter(f"{{{T}}}ItemId")]


def _update(item: etree._Element, version: str, conflicts: str = "NeverOverwrite") -> str:
    change_key = f'ChangeKey="{version}"' if version else ""
    return (
        f'<m:UpdateItem ConflictResolution="{conflicts}"><m:ItemChanges><t:ItemChange>'
        f'<t:ItemId Id="{item.get("Id")}" {change_key}/><t:Updates><t:SetItemField>'
        '<t:FieldURI FieldURI="contacts:JobTitle"/><t:Contact><t:JobTitle>Lead</t:JobTitle></t:Contact>'
        '</t:SetItemField><t:DeleteItemField><t:FieldURI FieldURI="contacts:FileAs"/></t:DeleteItemField></t:Updates>'
        "</t:ItemChange></m:ItemChanges></m:UpdateItem>"
    )


def _find(offset: int = 0) -> str:
    view = f'<m:IndexedPageItemView MaxEntriesReturned="2" Offset="{offset}" BasePoint="Beginning"/>'
    shape = "<m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
    return f'<m:FindItem Traversal="Shallow">{shape}{view}{PARENT}</m:FindItem>'


def test_contacts_are_made_changed_and_deleted() -> None:
    desk = ContactsDesk((ANN,))
    [item] = _ids(_asked(desk, _create("Ann")))
    version = item.get("ChangeKey", "")
    [changed] = _ids(_asked(desk, _update(item, version)))
    assert changed.get("ChangeKey") != version
    [kept] = desk.mailboxes[ANN].contacts.items.values()
    assert kept.values == {("contacts:JobTitle",): "Lead"}
    assert _codes(_asked(desk, _update(item, version))) == ["ErrorIrresolvableConflict"]
    assert _codes(_asked(desk, _update(item, ""))) == ["ErrorChangeKeyRequiredForWriteOperations"]
    assert _codes(_asked(desk, _update(item, version, "AutoResolve"))) == ["NoError"]
    delete = (
        f'<m:DeleteItem DeleteType="HardDelete"><m:ItemIds><t:ItemId Id="{item.get("Id")}"/></m:ItemIds></m:DeleteItem>'
    )
    assert _codes(_asked(desk, delete) + _asked(desk, delete)) == ["NoError", "ErrorItemNotFound"]
    with pytest.raises(SoapFault):
        _asked(desk, delete.replace("HardDelete", ""))


def test_pages_and_one_that_is_lost() -> None:
    desk = ContactsDesk((ANN,))
    _asked(desk, _create("A", "B", "C"))
    [one], [two] = _asked(desk, _find()), _asked(desk, _find(2))
    assert [len(_ids([each])) for each in (one, two)] == [2, 1]
    last = [each.find("m:RootFolder", NS).get("IncludesLastItemInRange") for each in (one, two)]  # type: ignore[union-attr]
    assert last == ["false", "true"]
    assert len(_asked(desk, _find(), Trouble.LOST_PAGE)) == 1
    with pytest.raises(SoapFault):
        _asked(desk, _find(2), Trouble.LOST_PAGE)


def test_a_folder_is_made_once() -> None:
    desk = ContactsDesk((ANN,))
    parent = '<m:ParentFolderId><t:DistinguishedFolderId Id="contacts"/></m:ParentFolderId>'
    folder = "<t:FolderClass>IPF.Contact</t:FolderClass><t:DisplayName>List</t:DisplayName>"
    make = (
        f"<m:CreateFolder>{parent}<m:Folders><t:ContactsFolder>{folder}</t:ContactsFolder></m:Folders></m:CreateFolder>"
    )
    assert _codes(_asked(desk, make) + _asked(desk, make)) == ["NoError", "ErrorFolderExists"]
    named = '<t:AdditionalProperties><t:FieldURI FieldURI="folder:DisplayName"/></t:AdditionalProperties>'
    shape = f"<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>{named}</m:FolderShape>"
    [found] = _asked(desk, f'<m:FindFolder Traversal="Shallow">{shape}{PARENT}</m:FindFolder>')
    assert [each.text for each in found.iter(f"{{{T}}}DisplayName")] == ["List"]
    ids = '<m:FolderIds><t:DistinguishedFolderId Id="contacts"/><t:DistinguishedFolderId Id="inbox"/></m:FolderIds>'
    assert _codes(_asked(desk, f"<m:GetFolder>{shape}{ids}</m:GetFolder>")) == ["NoError", "ErrorFolderNotFound"]


def test_the_rest_of_a_batch_stops_where_the_server_is_busy() -> None:
    desk = ContactsDesk((ANN,))
    desk.refuse_item = lambda operation, number: 2.0 if number == 1 else None
    messages = _asked(desk, _create("A", "B", "C"))
    assert _codes(messages) == ["NoError", "ErrorServerBusy", "ErrorBatchProcessingStopped"]
    assert [each.text for each in messages[1].iter(f"{{{T}}}Value")] == ["2000"]
    assert len(desk.mailboxes[ANN].contacts.items) == 1
    desk.refuse = lambda operation: 3.0
    with pytest.raises(SoapFault, match="ErrorServerBusy"):
        _asked(desk, _create("D"))


def test_nobody_reads_what_is_another_s() -> None:
    owner = f'contacts"><t:Mailbox><t:EmailAddress>{ANN}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>'
    asked = _find().replace('contacts"/>', owner)
    assert _codes(_asked(ContactsDesk((ANN,)), asked)) == ["NoError"]
    assert _codes(_asked(ContactsDesk((ANN,)), asked, who="bob@b.example")) == ["ErrorAccessDenied"]
