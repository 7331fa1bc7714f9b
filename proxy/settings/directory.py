"""[connectors.NAME.directory], [[groups]] and [[room_lists]]: who is in a group and which rooms there are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from protocols.model.mailbox import canonical
from proxy.consistency import Problem, raise_all
from service.durations import Duration
from service.words import Address, Section, Switch, Url, some

LIST_FILE: Final = "file:"
_WITH_DIRECTORY: Final = frozenset({"google", "graph", "ews"})


def _several(written: Any) -> Any:
    return (written,) if isinstance(written, str) else written


def _listed(text: str) -> str:
    if text.startswith(LIST_FILE):
        if not text.removeprefix(LIST_FILE).strip():
            raise ValueError('the path is missing: write for example "file:team.txt"')
        return text
    try:
        return canonical(text)
    except ValueError:
        raise ValueError(f'"{text}" is no address: write one, or "file:…" for a file of addresses') from None


def _group_pattern(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if text != "*" and (not (at and local and domain) or set(" \t[]") & set(text)):
        raise ValueError(f'"{text}" matches no address: write "*" for all, or such as "*-team@fabrikam.example"')
    return text.lower()


Listed = Annotated[tuple[Annotated[str, AfterValidator(_listed)], ...], BeforeValidator(_several), AfterValidator(some)]


class DirectorySettings(Section):
    """[connectors.NAME.directory]: groups are expanded by it, so that a caller sees of each member what it may see."""

    subject: Address | None = Field(
        None,
        description="google: the administrator as whom the service account asks; the others ask as the connector does",
        examples=["admin@northwind.example"],
    )
    groups: tuple[Annotated[str, AfterValidator(_group_pattern)], ...] = Field(
        ("*",),
        description="which addresses may be groups, with * for any part; of others the directory is never asked",
        examples=[["*-team@fabrikam.example"]],
    )
    rooms: Switch = Field(True, description="offer its room lists (GetRoomLists, GetRooms)")
    keep: Duration = Field(
        timedelta(minutes=10),
        description="how long members and rooms are kept, and that an address is no group",
    )
    api_url: Url | None = Field(
        None,
        description="google: another host than its own and than the connector's",
        examples=["https://admin.googleapis.com"],
    )


class GroupSettings(Section):
    """[[groups]]: a group that no directory knows; it goes before one of a directory."""

    address: Address = Field(description="what callers ask for", examples=["board@fabrikam.example"])
    members: Listed = Field(
        description="addresses as callers ask for them, or a file of them, one to a line", examples=["file:board.txt"]
    )


class RoomListSettings(Section):
    """[[room_lists]]: a list of rooms that no directory offers."""

    name: str = Field(min_length=1, description="what people see", examples=["Headquarters"])
    address: Address = Field(description="the list's own address", examples=["headquarters@fabrikam.example"])
    rooms: Listed = Field(
        description="addresses as callers ask for them, or a file: one room to a line, its name behind a comma",
        examples=["file:headquarters.csv"],
    )


def check_directories(
    connectors: Mapping[str, BaseModel], groups: Sequence[GroupSettings], room_lists: Sequence[RoomListSettings]
) -> None:
    """Raises ValidationError at every directory that cannot be asked, and at every address that is listed twice."""
    raise_all([*_directories(connectors), *_twice("groups", groups), *_twice("room_lists", room_lists)])


def _directories(connectors: Mapping[str, BaseModel]) -> Iterator[Problem]:
    for name, connector in connectors.items():
        directory, protocol = getattr(connector, "directory", None), getattr(connector, "protocol", "")
        place = ("connectors", name, "directory")
        if directory is None:
            continue
        if protocol not in _WITH_DIRECTORY:
            yield place, f"{protocol} has none: remove it, or write [[groups]]"
        elif directory.subject is None and protocol == "google":
            yield (*place, "subject"), "is missing: write the administrator to ask as"
        elif directory.subject is not None and protocol != "google":
            yield (*place, "subject"), "only google has one: remove it"


def _twice(key: str, listed: Sequence[GroupSettings | RoomListSettings]) -> Iterator[Problem]:
    addresses: set[str] = set()
    for number, one in enumerate(listed):
        if one.address in addresses:
            yield (key, number, "address"), f"{one.address} is listed twice: put all of it into one"
        addresses.add(one.address)
