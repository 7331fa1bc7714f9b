"""[[moves]]: people who move from one calendar system to another, and who says when each of them does."""

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from service.durations import Duration, such_as, written
from service.words import Address, Number, Section, Template

FILE = "file:"
ASK = "ask"
ALL = "all"
"""The batch of people whom a directory names, where the settings give it no other name."""
_OFTENEST = timedelta(seconds=30)
_EXAMPLE = 'write "file:moved.csv", { group = "moved@contoso.example", of = "to" }, or "ask"'


def _people_text(text: str) -> str:
    if text != ASK and not (text.startswith(FILE) and text.removeprefix(FILE).strip()):
        raise ValueError(f'"{text}" says nothing of who moves: {_EXAMPLE}')
    return text


def _file(text: str) -> str:
    if not (text.startswith(FILE) and text.removeprefix(FILE).strip()):
        raise ValueError(f'"{text}" names no file: write "file:batches.csv"')
    return text


def _kind_of_people(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    keys = value if isinstance(value, dict) else vars(value) if isinstance(value, Section) else {}
    return "attribute" if "attribute" in keys else "group"


def _table_or_text(value: object) -> object:
    if not isinstance(value, str | dict | Section):
        raise ValueError(_EXAMPLE)
    if isinstance(value, dict) and "group" in value and "attribute" in value:
        raise ValueError("write group or attribute: one of the two says who has moved")
    return value


def _side(value: object) -> object:
    if value not in ("from", "to"):
        raise ValueError(f'"{value}" is no side: write "from" or "to"')
    return value


Side = Annotated[Literal["from", "to"], BeforeValidator(_side)]


def _not_too_often(length: timedelta) -> timedelta:
    if length < _OFTENEST:
        raise ValueError(f'too often for a directory: write "{written(_OFTENEST)}" or longer')
    return length


Every = Annotated[Duration, such_as("5m"), AfterValidator(_not_too_often)]


class GroupPeople(Section):
    """Whoever belongs to a group in one of the two directories; its nested groups count."""

    group: Address = Field(description="the group's address", examples=["moved@contoso.example"])
    of: Side = Field("to", description="whose directory knows the group", examples=["to"])
    batch: str = Field(ALL, min_length=1, description="the batch that they are, for roll-back")
    every: Every = Field(timedelta(minutes=5), description="how often the directory is asked")


class AttributePeople(Section):
    """Whoever has a value in an attribute of one of the two directories; the value may be the day of the move."""

    attribute: str = Field(
        min_length=1,
        description='of Graph "extensionAttribute1" to 15, or "mail" and "otherMails", where people are forwarded to; '
        'of Google "orgUnitPath" or "Schema.field"',
        examples=["extensionAttribute7"],
    )
    value: str | None = Field(
        None,
        min_length=1,
        description='who has moved has this one, "*@contoso.example" any of that domain; else any value, which may be '
        "the day of the move",
        examples=["moved"],
    )
    of: Side = Field("to", description="whose directory has the attribute", examples=["to"])
    batch: str = Field(ALL, min_length=1, description="the batch that they are, for roll-back")
    every: Every = Field(timedelta(minutes=5), description="how often the directory is asked")


People = Annotated[
    Annotated[str, AfterValidator(_people_text), Tag("text")]
    | Annotated[GroupPeople, Tag("group")]
    | Annotated[AttributePeople, Tag("attribute")],
    Discriminator(_kind_of_people),
    BeforeValidator(_table_or_text),
]


class MoveSettings(Section):
    """[[moves]]: people who move from one connector to another; whoever is asked about is looked for where they are.

    Both calendars are joined for a while before and after each one's move.
    """

    name: str = Field(min_length=1, pattern=r"^[\w.-]+$", description="its name", examples=["fabrikam-to-contoso"])
    source: str = Field(alias="from", description="the connector that people leave", examples=["fabrikam"])
    target: str = Field(alias="to", description="the connector that they go to", examples=["contoso"])
    people: People = Field(
        description="who moves: a CSV file (address, moved_at, batch), which is read again when it changes; or\n"
        '{ group = "moved@contoso.example", of = "to", batch = "all", every = "5m" }; or\n'
        '{ attribute = "extensionAttribute7", value = "moved", of = "to", batch = "all", every = "5m" }; or\n'
        '"ask": both sides are asked about everybody of from\'s routes',
        examples=["file:moved.csv"],
    )
    batches: Annotated[str, AfterValidator(_file)] | None = Field(
        None,
        description="a CSV file of batches: batch, moved_at, rolled_back_at, resumed_at; `busyline moves` writes it",
        examples=["file:batches.csv"],
    )
    rewrite: Template | None = Field(
        None,
        description="the address by which the new side is asked, where it is another; {local} and {domain} are those "
        'of the list, "{alias}" the name that [[aliases]] gives',
        examples=["{local}@contoso.example"],
    )
    joined_before: Duration = Field(timedelta(days=1), description="both calendars are joined this long before")
    joined_after: Duration = Field(timedelta(days=14), description="and this long after the instant")
    shrink: Number = Field(
        0.1, ge=0, le=1, description="a list that lost a larger share than this is refused, and the old one stays"
    )

    state: Annotated[str, AfterValidator(_file)] | None = Field(
        None,
        description="where the server keeps how many people there were, so that shrink holds over a restart; beside "
        "the list where this is not written",
        examples=["file:moved.csv.state"],
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.source == self.target:
            raise ValueError(f'from and to are both "{self.source}": write two connectors')
        if self.people == ASK and self.batches is not None:
            raise ValueError('people = "ask" knows nobody and has no batches: remove batches, or name a list')
        return self


def check_moves(moves: Sequence[MoveSettings], connectors: Collection[str]) -> None:
    """Raises ValidationError at every move whose name is taken, or that names a connector which is not there."""
    details = [
        InitErrorDetails(type=PydanticCustomError("value_error", "{text}", {"text": text}), loc=place, input=None)
        for place, text in _problems(moves, connectors)
    ]
    if details:
        raise ValidationError.from_exception_data("configuration", details)


def _problems(
    moves: Sequence[MoveSettings], connectors: Collection[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    names: set[str] = set()
    asked: dict[str, str] = {}
    states: set[str] = set()
    known = ", ".join(f'"{name}"' for name in sorted(connectors)) or "one that has a section [connectors.…]"
    for number, move in enumerate(moves):
        if move.name in names:
            yield ("moves", number, "name"), f'there are two moves "{move.name}": give each its own name'
        names.add(move.name)
        if move.state is not None and move.state in states:
            yield ("moves", number, "state"), f'another move writes "{move.state}" already: give each its own file'
        states.add(move.state or "")
        for key, name in (("from", move.source), ("to", move.target)):
            if name not in connectors:
                yield ("moves", number, key), f'there is no connector "{name}": write {known}'
        if move.people == ASK and (other := asked.setdefault(move.source, move.name)) != move.name:
            text = f'"{other}" asks for everybody of {move.source} already: name a list in one of the two'
            yield ("moves", number, "people"), text
