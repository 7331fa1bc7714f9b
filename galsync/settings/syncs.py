"""[[directory_syncs]]: whose people stand in whose address book, how, and what a run may do without asking."""

from datetime import timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from galsync.people.conditions import Condition
from galsync.plans.guards import Guards
from galsync.settings.moves import SyncMoveSettings, each_of_a_source, each_once
from galsync.settings.people import LEAVE, SieveSettings
from galsync.settings.words import FormWord, KnownFields, Text, Where
from protocols.model import person
from service.durations import Days, Duration
from service.jobs.cron import ScheduleLine, ZoneName
from service.names import Name
from service.words import Address, Domain, Number, Section, Switch, Whole, some

_USUAL = Guards()


class BoundSettings(Section):
    """How many: at most ``count``, and at most ``share`` of what stands there."""

    count: Whole | None = Field(None, ge=0, description="so many")
    share: Number | None = Field(None, ge=0, le=1, description="so large a share of what stands there, from 0 to 1")


class GuardSettings(Section):
    """What stops a run before it writes anything; `--allow` lifts one of them for a run."""

    deletions: BoundSettings = Field(
        BoundSettings(count=_USUAL.deletions.count, share=_USUAL.deletions.share),
        description="how many entries may go in one run, and which share of them",
    )
    changes: BoundSettings = Field(BoundSettings(), description="the same of those that are made or changed")
    shrink: Number = Field(
        _USUAL.shrink, ge=0, le=1, description="the share of its people that a source may lose between two runs"
    )


class MailboxesSettings(Section):
    """For contacts in mailboxes (Microsoft 365, Exchange Server, Google): into whose, and what their list is called."""

    list: str = Field(min_length=1, max_length=100, description="the folder or label", examples=["Fabrikam"])
    everybody: Switch = Field(False, description="every mailbox of the organisation")
    group: Address | None = Field(None, description="those of this group alone", examples=["phones@contoso.example"])
    addresses: tuple[Address, ...] = Field(
        (), description="these alone", examples=[["ann@contoso.example", "bob@contoso.example"]]
    )
    where: Where | None = Field(
        None,
        description="with everybody or group: those alone of whom this is true",
        examples=["department == 'Sales'"],
    )

    @model_validator(mode="after")
    def _one_collection(self) -> Self:
        if sum((self.everybody, self.group is not None, bool(self.addresses))) != 1:
            raise ValueError("write exactly one of everybody = true, group and addresses")
        if self.where is not None and self.addresses:
            raise ValueError("where goes with everybody or group: of addresses, write those that are meant")
        if self.where is not None and _asks_more(Condition.parse(self.where)):
            raise ValueError("where cannot ask for groups or attr.… here: write group")
        return self


def _asks_more(condition: Condition) -> bool:
    return condition.needs_groups or bool(condition.attributes)


def _several(written: object) -> object:
    return (written,) if isinstance(written, str) else written


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("names a directory twice: write each once")
    return some(names)


class SyncSettings(Section):
    """[[directory_syncs]]: the people of some directories as entries of another."""

    name: Name = Field(description="stands in the stamp of everything it writes", examples=["fabrikam-to-contoso"])
    sources: Annotated[tuple[str, ...], BeforeValidator(_several), AfterValidator(_once)] = Field(
        alias="from",
        description="directories to read, in the order of priority: the first that has an address wins",
        examples=[["fabrikam"]],
    )
    target: str = Field(alias="to", description="the directory to write", examples=["contoso"])
    form: FormWord | None = Field(
        None,
        alias="as",
        description="mail-contact, mail-user, guest, shared-contact or contact; where left out, as is usual there",
        examples=["mail-contact"],
    )
    schedule: ScheduleLine | None = Field(
        None,
        description="when it runs by itself (busyline serve), as cron has it; else when somebody runs it",
        examples=["0 3 * * *"],
    )
    zone: ZoneName = Field(ZoneInfo("UTC"), description="whose clocks the schedule goes by", examples=["Europe/Berlin"])
    groups: Literal["entries", "groups", "none"] = Field(
        "entries", description="groups become entries like people, groups with their members, or nothing"
    )
    include: SieveSettings = Field(SieveSettings(), description="whoever is all that this asks; nothing: everybody")
    exclude: SieveSettings = Field(SieveSettings(), description="but nobody who is any of this")
    disabled: Switch = Field(False, description="also who is disabled in the source")
    hidden: Switch = Field(False, description="also who is hidden in the source; their entries are hidden, too")
    hide: Switch = Field(False, description="hide every entry in the target's lists, where it can")
    external: Text | None = Field(
        None,
        description="where mail and free/busy questions go, in a domain with a route; else the primary address",
        examples=["{local}@fabrikam.example"],
    )
    domains: dict[Domain, Domain] = Field(
        default_factory=dict,
        description="or: domains of primary addresses, and what stands in their place",
        examples=[{"fabrikam.local": "fabrikam.example"}],
    )
    group_address: Text | None = Field(
        None,
        description="the address of groups that are copied with their members, in a domain of the target's own",
        examples=["{local}.fabrikam@contoso.example"],
    )
    x500: Switch = Field(True, description="replies to old mail arrive: entries answer to legacyExchangeDN")
    proxies: Switch = Field(False, description="entries answer to people's further addresses as well")
    photos: Switch = Field(False, description="hand photos on, where both sides can")
    fields: Annotated[dict[person.Field, Literal["write", "overwrite", "clear", "leave"]], KnownFields] = Field(
        default_factory=dict,
        description="by field: write (what somebody typed there stays), overwrite, clear, or leave; names, company,"
        " department, title, office, phone, fax and addresses are written anyway, the others left",
        examples=[{"mobile": "write", "fax": "leave"}],
    )
    values: Annotated[dict[person.Field, Text], KnownFields] = Field(
        default_factory=dict,
        description="by field: what is written instead of the source's own text",
        examples=[{"display_name": "{display_name} ({company|'Fabrikam'})"}],
    )
    mailboxes: MailboxesSettings | None = Field(None, description="for contacts in mailboxes: in whose")
    guards: GuardSettings = GuardSettings()
    grace: Days = Field(timedelta(days=30), description="how long somebody who is gone is hidden before the removal")
    whole_every: Duration = Field(
        timedelta(days=1), description="everybody is read this often; in between, changes alone where the source can"
    )
    moves: Annotated[tuple[SyncMoveSettings, ...], AfterValidator(each_once)] = Field(
        (),
        description="moves that the sources' people take part in: entries flip when somebody moves",
        examples=[[{"name": "fabrikam-to-contoso", "side": "from"}]],
    )
    conflicts: dict[Address, Literal["reuse", "skip"]] = Field(
        default_factory=dict,
        description="by address, what you decided: reuse the object that stands there, or skip the entry",
        examples=[{"ann@fabrikam.example": "reuse"}],
    )

    @model_validator(mode="after")
    def _one_say(self) -> Self:
        each_of_a_source(self.moves, self.sources)
        if self.external is not None and self.domains:
            raise ValueError("write external or domains, not both")
        if unwritten := [name for name in self.values if self.fields.get(name) in (LEAVE, "clear")]:
            raise ValueError(f"values says what {unwritten[0].value} is, and fields that it is not written")
        if self.fields.get(person.Field.DISPLAY_NAME) in (LEAVE, "clear"):
            raise ValueError("an entry without a display name shows in no list: take display_name out of fields")
        return self
