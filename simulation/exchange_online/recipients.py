"""The recipients of a simulated Exchange Online, and what its cmdlets do to them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from protocols.model.mailbox import Mailbox
from protocols.model.person import Field, Kind, Person
from simulation.address_book import AddressBook
from simulation.exchange_online.filters import BadFilterError, Filter
from simulation.exchange_online.forwarding import MAILBOX, mailbox
from simulation.exchange_online.groups import GROUP, MEMBERS, Memberships
from simulation.exchange_online.groups import KINDS as GROUP_KINDS
from simulation.exchange_online.groups import WRITABLE as GROUP_WRITABLE
from simulation.exchange_online.refusals import RefusedError, bad, missing

_DESCRIPTION: Final = "Description"
_EPOCH: Final = datetime(2026, 11, 1, tzinfo=UTC)
_MAIL: Final = ("DisplayName", *(f"CustomAttribute{number}" for number in range(1, 16)))
_PERSONAL: Final = ("DisplayName", "FirstName", "LastName", "Initials", "Company", "Department", "Title", "Office",
                    "Phone", "MobilePhone", "Fax", "Pager", "HomePhone", "StreetAddress", "City", "StateOrProvince",
                    "PostalCode", "CountryOrRegion", "WebPage", "Notes")  # fmt: skip
_KINDS: Final = {
    "Get-MailContact": {"MailContact"},
    "Get-Contact": {"MailContact"},
    "Get-MailUser": {"MailUser", "GuestMailUser"},
    "Get-User": {"MailUser", "GuestMailUser", "UserMailbox"},
    "Set-MailContact": {"MailContact"},
    "Set-Contact": {"MailContact"},
    "Set-MailUser": {"MailUser", "GuestMailUser"},
    "Set-User": {"MailUser", "GuestMailUser", "UserMailbox"},
    "Remove-MailContact": {"MailContact"},
    "Remove-MailUser": {"MailUser"},
    **GROUP_KINDS,
}
_MORE: Final = frozenset({"Get-Recipient", "New-MailContact", "New-MailUser", "New-DistributionGroup"})
_PERSONAL_OF: Final = {"Set-Contact": _PERSONAL, "Set-User": _PERSONAL, "Set-Group": GROUP_WRITABLE}
_IDENTITIES: Final = ("Guid", "Name", "Alias", "PrimarySmtpAddress", "ExternalDirectoryObjectId")
Row = dict[str, Any]


class Recipients:
    """By Guid. ``book`` is the directory of the organisation: its guests come from there, mail users go there.

    ``lag`` keeps guests that are new in the directory from being known here yet. ``accepted`` are the domains that
    groups have their address in, None for any. ``describes`` is whether the cmdlets of groups know a description.
    """

    def __init__(self, book: AddressBook | None = None) -> None:
        self.rows: dict[str, Row] = {}
        self.book = book or AddressBook()
        self.lag = False
        self.members = Memberships(self.rows, lambda identity: next(self._named(identity), None))
        self.passwords: list[str] = []
        self.accepted: frozenset[str] | None = None
        self.describes = True
        self._made = 0
        self._now = _EPOCH

    def put(self, kind: str, address: str, **told: Any) -> Row:
        """A new recipient, whoever makes it."""
        self._made += 1
        guid = f"00000000-0000-4000-9000-{self._made:012}"
        row: Row = dict.fromkeys((*_MAIL, *_PERSONAL, "ExternalEmailAddress"), "")
        row |= {
            "Guid": guid,
            "ExternalDirectoryObjectId": f"account-{self._made}",
            "Name": f"{address} {self._made}",
            "Alias": f"alias{self._made}",
            "RecipientTypeDetails": kind,
            "EmailAddresses": [f"SMTP:{address}"],
            "PrimarySmtpAddress": address,
            "HiddenFromAddressListsEnabled": False,
            "IsDirSynced": False,
            **told,
        }
        self.rows[guid] = row
        self._touch(row)
        return row

    def run(self, name: str, parameters: Mapping[str, Any]) -> list[Row]:
        """What the cmdlet gives. Raises RefusedError."""
        if name in MAILBOX:
            return mailbox(self.rows, name, parameters)
        self._meet_guests()
        verb = name.partition("-")[0]
        doing: dict[str, Callable[[str, Mapping[str, Any]], list[Row]]] = {
            "Get": self._get,
            "New": self._new,
            "Set": self._set,
            "Remove": self._remove,
        }
        if name in MEMBERS:
            rows = self.members.run(name, parameters)
            return [_told("Get-Recipient", row) for row in rows]
        if verb not in doing or not (name in _KINDS or name in _MORE):
            raise RefusedError(
                "System.Management.Automation.CommandNotFoundException", f"The term '{name}' is not recognized.", 403
            )
        return doing[verb](name, parameters)

    def _get(self, name: str, asked: Mapping[str, Any]) -> list[Row]:
        rows = [row for row in self.rows.values() if row["RecipientTypeDetails"] in _KINDS.get(name, _every(row))]
        if identity := asked.get("Identity"):
            rows = [row for row in rows if _is(row, identity)]
            if not rows:
                raise missing(identity)
        if kinds := asked.get("RecipientTypeDetails"):
            rows = [row for row in rows if row["RecipientTypeDetails"] in kinds]
        if text := asked.get("Filter"):
            try:
                wanted = Filter(str(text))
            except BadFilterError:
                raise bad(f"Invalid filter syntax: {text}") from None
            rows = [row for row in rows if wanted.holds(row)]
        return [_told(name, row) for row in rows]

    def _new(self, name: str, asked: Mapping[str, Any]) -> list[Row]:
        kind = name.removeprefix("New-")
        if kind == "DistributionGroup":
            return self._new_group(asked)
        address = _mailbox(asked.get("ExternalEmailAddress"))
        self._unused(asked, address)
        if kind == "MailUser":
            password = str(asked.get("Password", ""))
            if len(password) < 8 or "@" not in str(asked.get("MicrosoftOnlineServicesID", "")):
                raise bad("A password and a sign-in name are wanted.")
            self.passwords.append(password)
        told = {key: str(asked[key]) for key in ("Name", "Alias", "DisplayName") if key in asked}
        row = self.put(kind, address, **{**told, "ExternalEmailAddress": f"SMTP:{address}"})
        if kind == "MailUser":
            self.book.put(
                Person(
                    anchor=row["ExternalDirectoryObjectId"],
                    kind=Kind.USER,
                    primary=Mailbox.parse(address),
                    texts={Field.DISPLAY_NAME: row["DisplayName"] or row["Name"]},
                )
            )
        else:
            row["ExternalDirectoryObjectId"] = ""
        return [_told("Get-Recipient", row)]

    def _unused(self, asked: Mapping[str, Any], address: str) -> None:
        if any(_is(row, str(asked["Name"])) or _is(row, str(asked["Alias"])) for row in self.rows.values()):
            raise RefusedError("Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException", "The name is taken.")
        self._free([f"smtp:{address}"], None)

    def _new_group(self, asked: Mapping[str, Any]) -> list[Row]:
        address = _mailbox(asked.get("PrimarySmtpAddress"))
        if self.accepted is not None and address.rpartition("@")[2] not in self.accepted:
            words = f"The address '{address}' is not in an accepted domain of the organisation."
            raise RefusedError("Microsoft.Exchange.Data.Directory.NotAcceptedDomainException", words)
        self._unused(asked, address)
        told = {key: str(asked[key]) for key in ("Name", "Alias", "DisplayName") if key in asked}
        row = self.put(GROUP, address, **told, **{_DESCRIPTION: self._description(asked.get(_DESCRIPTION))})
        del row["ExternalEmailAddress"]
        self._show_group(row)
        return [_told("Get-Recipient", row)]

    def _set(self, name: str, asked: Mapping[str, Any]) -> list[Row]:
        row = self._one(name, asked)
        writable = _PERSONAL_OF.get(name, _MAIL)
        for key, value in asked.items():
            if key in {"Identity", "BypassSecurityGroupManagerCheck"}:
                continue
            if key == "Manager" and name in {"Set-Contact", "Set-User"}:
                row[key] = self._name_of(value) if value else ""
                continue
            if key == _DESCRIPTION and name == "Set-DistributionGroup":
                row[key] = self._description(value)
                continue
            if key in writable and (value is None or isinstance(value, str)):
                if key == "DisplayName" and not value:
                    raise bad("DisplayName cannot be empty.")
                row[key] = (value or "").replace("\n", "\r\n")
            elif writable is _MAIL:
                self._mail(row, key, value)
            else:
                raise bad(f"A parameter cannot be found that matches parameter name '{key}'.")
        self._touch(row)
        if _DESCRIPTION in row:
            self._show_group(row)
        return []

    def _description(self, told: Any) -> list[str]:
        """As it is told: a list of one text with line ends as Windows has them. Raises RefusedError."""
        if told is not None and not self.describes:
            raise bad(f"A parameter cannot be found that matches parameter name '{_DESCRIPTION}'.")
        return [str(told).replace("\n", "\r\n")] if told else []

    def _show_group(self, row: Row) -> None:
        """The directory has the groups that are made here, with their descriptions and without their attributes."""
        told = {Field.DISPLAY_NAME: row["DisplayName"] or row["Name"], Field.NOTES: "".join(row[_DESCRIPTION])}
        self.book.put(
            Person(
                anchor=row["ExternalDirectoryObjectId"],
                kind=Kind.GROUP,
                primary=Mailbox.parse(row["PrimarySmtpAddress"]),
                texts={key: text for key, text in told.items() if text},
            )
        )

    def _mail(self, row: Row, key: str, value: Any) -> None:
        if key == "HiddenFromAddressListsEnabled" and isinstance(value, bool):
            row[key] = value
        elif key == "ExternalEmailAddress":
            address = _mailbox(value)
            self._free([f"smtp:{address}"], row)
            row[key] = f"SMTP:{address}"
        elif key == "WindowsEmailAddress" or (key == "PrimarySmtpAddress" and row["RecipientTypeDetails"] == GROUP):
            address = _mailbox(value)
            self._free([f"smtp:{address}"], row)
            others = [f"smtp:{each[5:]}" if each.startswith("SMTP:") else each for each in row["EmailAddresses"]]
            row["EmailAddresses"] = [f"SMTP:{address}", *(each for each in others if each.lower() != f"smtp:{address}")]
            row["PrimarySmtpAddress"] = address
        elif key == "EmailAddresses" and isinstance(value, dict):
            if value.get("@odata.type") != "#Exchange.GenericHashTable":
                raise bad("Cannot bind parameter 'EmailAddresses'.")
            gone = {each.lower() for each in value.get("remove", ())}
            self._free(value.get("add", ()), row)
            kept = [each for each in row["EmailAddresses"] if each.startswith("SMTP:") or each.lower() not in gone]
            row["EmailAddresses"] = [*kept, *value.get("add", ())]
        else:
            raise bad(f"A parameter cannot be found that matches parameter name '{key}'.")

    def _remove(self, name: str, asked: Mapping[str, Any]) -> list[Row]:
        if asked.get("Confirm") is not False:
            raise bad("Nobody is there to confirm it.")
        row = self._one(name, asked)
        guid = row["Guid"]
        if _DESCRIPTION in row:
            self.book.remove(row["ExternalDirectoryObjectId"])
        del self.rows[guid]
        self.members.forget(guid)
        return []

    def _name_of(self, identity: Any) -> str:
        row = next(self._named(str(identity)), None)
        if row is None:
            raise missing(str(identity))
        return str(row["Name"])

    def _named(self, identity: str) -> Iterator[Row]:
        """Who has this identity; an address is one, also one of the further addresses."""
        for row in self.rows.values():
            if _is(row, identity) or f"smtp:{identity.lower()}" in {each.lower() for each in row["EmailAddresses"]}:
                yield row

    def _one(self, name: str, asked: Mapping[str, Any]) -> Row:
        identity = str(asked.get("Identity", ""))
        for row in self.rows.values():
            if row["RecipientTypeDetails"] in _KINDS[name] and _is(row, identity):
                if row["IsDirSynced"]:
                    raise RefusedError(
                        "Microsoft.Exchange.Configuration.Tasks.InvalidOperationException", "It is synchronised."
                    )
                return row
        raise missing(identity)

    def _free(self, proxies: Iterable[str], mine: Row | None) -> None:
        wanted = {each.lower() for each in proxies}
        for row in self.rows.values():
            told = {each.lower() for each in (*row["EmailAddresses"], row.get("ExternalEmailAddress", ""))}
            if row is not mine and wanted & told:
                words = f'The proxy address "{(wanted & told).pop()}" is already being used by "{row["Name"]}".'
                raise RefusedError("Microsoft.Exchange.Data.Directory.ProxyAddressExistsException", words)

    def _touch(self, row: Row) -> None:
        self._now += timedelta(seconds=1)
        row["WhenChangedUTC"] = self._now.isoformat().replace("+00:00", "Z")

    def _meet_guests(self) -> None:
        known = {row["ExternalDirectoryObjectId"] for row in self.rows.values()}
        for one, person in self.book.people.items():
            if person.attributes.get("userType") == "Guest" and person.primary and one not in known and not self.lag:
                told = {"ExternalDirectoryObjectId": one, "HiddenFromAddressListsEnabled": True}
                self.put("GuestMailUser", person.primary.address, **told)
        for row in [row for row in self.rows.values() if row["RecipientTypeDetails"] == "GuestMailUser"]:
            if row["ExternalDirectoryObjectId"] not in self.book.people:
                del self.rows[row["Guid"]]


def _every(row: Row) -> set[str]:
    return {row["RecipientTypeDetails"]}


def _is(row: Row, identity: str) -> bool:
    return identity.lower() in {str(row[name]).lower() for name in _IDENTITIES if row[name]}


def _told(name: str, row: Row) -> Row:
    """Get-Contact tells what Get-MailContact does not, and the other way round; Get-Recipient the least of it."""
    personal = name in {"Get-Contact", "Get-User", "Get-Group"}
    hidden = (*_PERSONAL[1:], "Manager") if not personal else (*_MAIL[1:], "EmailAddresses", "ExternalEmailAddress")
    hidden = hidden if name == "Get-DistributionGroup" else (*hidden, _DESCRIPTION)
    return {key: value for key, value in row.items() if key not in hidden}


def _mailbox(told: Any) -> str:
    try:
        return Mailbox.parse(str(told)).address
    except ValueError:
        raise bad("The e-mail address isn't correct.") from None
