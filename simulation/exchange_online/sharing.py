"""With whom a simulated Exchange Online shares calendars: its organization relationships and sharing policies."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from simulation.exchange_online.refusals import RefusedError, bad, missing

_RELATIONSHIP: Final = "OrganizationRelationship"
_POLICY: Final = "SharingPolicy"
_LEVELS: Final = ("None", "AvailabilityOnly", "LimitedDetails")
_FIELDS: Final[dict[str, dict[str, Any]]] = {  # what can be written, as it stands in a new one
    _RELATIONSHIP: {
        "DomainNames": [],
        "Enabled": True,
        "FreeBusyAccessEnabled": False,
        "FreeBusyAccessLevel": "None",
        "FreeBusyAccessScope": None,
        "MailTipsAccessEnabled": False,
        "MailTipsAccessLevel": "None",
        "MailTipsAccessScope": None,
        "PhotosEnabled": False,
        "ArchiveAccessEnabled": False,
        "DeliveryReportEnabled": False,
        "OrganizationContact": "",
        "TargetApplicationUri": None,
        "TargetAutodiscoverEpr": None,
        "TargetOwaURL": None,
        "TargetSharingEpr": None,
        "MailboxMoveEnabled": False,
        "MailboxMoveCapability": "None",
        "OAuthApplicationId": None,
    },
    _POLICY: {"Domains": [], "Enabled": True},
}
_DEFAULT: Final = "Default Sharing Policy"
_EVERYBODY: Final = ["Anonymous:CalendarSharingFreeBusyReviewer", "*:CalendarSharingFreeBusySimple"]
Row = dict[str, Any]


class Sharing:
    """``rows`` by kind and Guid. There is one sharing policy from the beginning, the default."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = {_RELATIONSHIP: {}, _POLICY: {}}
        self._made = 0
        self.put(_POLICY, _DEFAULT, Domains=list(_EVERYBODY), Default=True)

    @property
    def relationships(self) -> list[Row]:
        """All of them."""
        return list(self.rows[_RELATIONSHIP].values())

    @property
    def policies(self) -> list[Row]:
        """All of them."""
        return list(self.rows[_POLICY].values())

    @property
    def state(self) -> dict[str, dict[str, Row]]:
        """All that can be written of each by its name, for comparison."""
        return {kind: {row["Name"]: _written(kind, row) for row in rows.values()} for kind, rows in self.rows.items()}

    def put(self, kind: str, name: str, **told: Any) -> Row:
        """A new one, whoever makes it."""
        self._made += 1
        guid = f"00000000-0000-4000-a000-{self._made:012}"
        default = {"Default": False} if kind == _POLICY else {}
        fields = {key: list(value) if isinstance(value, list) else value for key, value in _FIELDS[kind].items()}
        row: Row = {"Guid": guid, "Name": name, "Identity": name, "IsValid": True, **fields, **default, **told}
        self.rows[kind][guid] = row
        return row

    def naming(self, domains: Iterable[str]) -> list[Row]:
        """The enabled relationships that name one of the domains: while there is one, it alone says what is seen."""
        wanted = {domain.lower() for domain in domains}
        return [
            row
            for row in self.relationships
            if row["Enabled"] and wanted & {each.lower() for each in row["DomainNames"]}
        ]

    def has(self, name: str) -> bool:
        """Whether the cmdlet is one of these."""
        verb, _, kind = name.partition("-")
        return verb in ("Get", "New", "Set", "Remove") and kind in self.rows

    def run(self, name: str, parameters: Mapping[str, Any]) -> list[Row]:
        """What the cmdlet gives. Raises RefusedError."""
        verb, _, kind = name.partition("-")
        doing: dict[str, Callable[[str, Mapping[str, Any]], list[Row]]] = {
            "Get": self._get,
            "New": self._new,
            "Set": self._set,
            "Remove": self._remove,
        }
        return [dict(row) for row in doing[verb](kind, parameters)]

    def _get(self, kind: str, asked: Mapping[str, Any]) -> list[Row]:
        return [self._one(kind, asked)] if asked.get("Identity") else list(self.rows[kind].values())

    def _new(self, kind: str, asked: Mapping[str, Any]) -> list[Row]:
        told = {key: value for key, value in asked.items() if key != "Name"}
        name = str(asked.get("Name", ""))
        if not name or not told.get("DomainNames" if kind == _RELATIONSHIP else "Domains"):
            raise bad("Cannot process command because of one or more missing mandatory parameters.")
        if any(row["Name"].lower() == name.lower() for row in self.rows[kind].values()):
            words = f"The object '{name}' already exists."
            raise RefusedError("Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException", words)
        self._check(kind, told, None)
        return [self.put(kind, name, **told)]

    def _set(self, kind: str, asked: Mapping[str, Any]) -> list[Row]:
        row = self._one(kind, asked)
        told = {key: value for key, value in asked.items() if key != "Identity"}
        self._check(kind, told, row)
        row |= told
        return []

    def _remove(self, kind: str, asked: Mapping[str, Any]) -> list[Row]:
        if asked.get("Confirm") is not False:
            raise bad("Nobody is there to confirm it.")
        row = self._one(kind, asked)
        if row.get("Default"):
            raise bad("The default sharing policy can't be removed.")
        del self.rows[kind][row["Guid"]]
        return []

    def _check(self, kind: str, told: Mapping[str, Any], mine: Row | None) -> None:
        for key, value in told.items():
            if key not in _FIELDS[kind]:
                raise bad(f"A parameter cannot be found that matches parameter name '{key}'.")
            before = _FIELDS[kind][key]
            fits = isinstance(value, str) or value is None if before is None else isinstance(value, type(before))
            if not fits or (key.endswith("Level") and value not in _LEVELS):
                raise bad(f"Cannot bind parameter '{key}'.")
        domains = {each.lower() for each in told.get("DomainNames", ())}
        for row in self.relationships:
            if row is not mine and domains & {each.lower() for each in row["DomainNames"]}:
                words = f"The organization relationship '{row['Name']}' already contains one of the domains."
                raise RefusedError("Microsoft.Exchange.Configuration.Tasks.InvalidOperationException", words)

    def _one(self, kind: str, asked: Mapping[str, Any]) -> Row:
        identity = str(asked.get("Identity", "")).lower()
        for row in self.rows[kind].values():
            if identity in (row["Guid"], row["Name"].lower()):
                return row
        raise missing(identity)


def _written(kind: str, row: Row) -> Row:
    told = {name: row[name] for name in (*_FIELDS[kind], *(("Default",) if kind == _POLICY else ()))}
    return {name: sorted(value) if isinstance(value, list) else value for name, value in told.items()}
