"""The upstream of the benchmarks is in somebody's mailbox, with folders."""

from lxml import etree

from bench.exchange_folders import answer

_GET = b'<m:GetFolder><m:FolderIds><t:DistinguishedFolderId Id="%b"/></m:FolderIds></m:GetFolder>'


def test_every_folder_is_there() -> None:
    told = answer(_GET % b"calendar", "ann@contoso.example")
    assert told is not None
    assert [element.get("Id") for element in etree.fromstring(told).iter("{*}FolderId")] == ["calendar-id"]


def test_the_owner_is_told() -> None:
    told = answer(b'<m:ConvertId DestinationFormat="EwsId">', "ann@contoso.example")
    assert told is not None
    assert [element.get("Mailbox") for element in etree.fromstring(told).iter("{*}AlternateId")] == [
        "ann@contoso.example"
    ]


def test_what_is_something_else_is_left_to_others() -> None:
    assert answer(b"<m:GetUserAvailabilityRequest>", "ann@contoso.example") is None
