"""[hubs.spokes.….give] and [hubs.spokes.….get]: what a spoke gives, and what may be made there."""

from datetime import timedelta
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

from calsync.rules import Detail, Gets, Gives, Reminders, Treat
from service.durations import Days
from service.words import Section, Switch

_USUAL: Final = Gives()
TreatWord: TypeAlias = Literal["copy", "busy", "skip"]
Prefix: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=False)]
DetailWord: TypeAlias = Literal["full", "subject", "busy"]
OF_EVENTS: Final = frozenset({"tentative", "free", "all_day", "declined", "cancelled", "back", "ahead"})
"""Keys of ``give`` that say nothing about contacts."""


class GiveSettings(Section):
    """What is taken from here. copy: with all that detail tells; busy: its times alone; skip: not at all. Of several
    sorts that an item is of, the strictest counts."""

    private: TreatWord = Field("skip", description="private, personal and confidential items")
    tentative: TreatWord = Field("copy", description="what is tentative")
    free: TreatWord = Field("copy", description="what shows as free")
    all_day: TreatWord = Field("copy", description="what lasts whole days")
    declined: TreatWord = Field("skip", description="meetings that the owner declined")
    cancelled: TreatWord = Field("skip", description="meetings that were called off and stand there all the same")
    detail: DetailWord = Field(
        "full", description="how much is told: full, subject (and place, without the text), busy (the times alone)"
    )
    back: Days = Field(_USUAL.back, description="how far back: what ended before is not taken any more")
    ahead: Days = Field(_USUAL.ahead, description="how far ahead: what begins later is taken when it is time")
    categories: tuple[str, ...] = Field((), description="only what has one of these", examples=[["Merger"]])
    without_categories: tuple[str, ...] = Field((), description="nothing that has one of these", examples=[["Own"]])
    subjects: tuple[str, ...] = Field(
        (), description="only what one of these fits; * is any text, ? any letter", examples=[["Project *"]]
    )
    without_subjects: tuple[str, ...] = Field((), description="nothing that one of these fits", examples=[["Lunch*"]])

    def gives(self) -> Gives:
        """As the plan goes by it."""
        sorts = ("private", "tentative", "free", "all_day", "declined", "cancelled")
        return Gives(
            **{sort: Treat(getattr(self, sort)) for sort in sorts},
            detail=Detail(self.detail),
            back=self.back,
            ahead=self.ahead,
            categories=frozenset(self.categories),
            without=frozenset(self.without_categories),
            subjects=self.subjects,
            without_subjects=self.without_subjects,
        )


class GetSettings(Section):
    """What the hub may do here: nothing, unless it is said."""

    create: Switch = Field(False, description="make copies of what the other spokes give")
    change: Switch = Field(False, description="change items: copies, and what came from here where others change it")
    delete: Switch = Field(False, description="delete items: copies whose original is gone, and the reverse")
    detail: DetailWord = Field("full", description="how much the copies here tell: full, subject, busy")
    prefix: Prefix = Field(
        "", description="stands before each subject of a copy, with its spaces", examples=["[Fabrikam] "]
    )
    subject: str = Field("", description="stands instead of every subject of a copy", examples=["Busy"])
    category: str = Field("", description="is put on each copy", examples=["Fabrikam"])
    private: Switch = Field(False, description="mark each copy as private")
    people: Switch = Field(False, description="add organiser and attendees to the text, as lines that nobody acts on")
    anonymous: Switch = Field(
        False,
        description="copies elsewhere that do not tell what they are (busy blocks, another subject) count, too: whoever"
        " moves or deletes one moves or deletes what came from here",
    )
    reminders: Literal["keep", "none"] = Field("none", description="whether copies remind somebody")

    def gets(self) -> Gets:
        """As the plan goes by it."""
        return Gets(
            create=self.create,
            change=self.change,
            delete=self.delete,
            detail=Detail(self.detail),
            prefix=self.prefix,
            subject=self.subject,
            category=self.category,
            private=self.private,
            people=self.people,
            reminders=Reminders(self.reminders),
            anonymous=self.anonymous,
        )

    @property
    def writes(self) -> bool:
        """Whether the hub may do anything here."""
        return self.create or self.change or self.delete


LONGEST: Final = timedelta(days=3650)
"""How far back or ahead somebody may look: further, no calendar is worth reading."""
