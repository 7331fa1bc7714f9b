"""What a cell of a spreadsheet says: several values in one, yes or no, the kind of an object."""

import re
from collections.abc import Iterable
from typing import Final

from protocols.model.mailbox import canonical
from protocols.model.person import Kind

YES, NO = "yes", ""
_TRUTH: Final = {
    **dict.fromkeys(("yes", "true", "1", "y", "x", "ja", "oui", "blocked", "suspended"), True),
    **dict.fromkeys(("", "no", "false", "0", "n", "nein", "non", "active"), False),
}
_KINDS: Final = {
    "": Kind.USER,
    **{kind.value: kind for kind in Kind},
    # RecipientTypeDetails of Get-Recipient
    **dict.fromkeys(("usermailbox", "sharedmailbox", "linkedmailbox", "remoteusermailbox", "person"), Kind.USER),
    **dict.fromkeys(("remotesharedmailbox", "legacymailbox", "teammailbox"), Kind.USER),
    **dict.fromkeys(("roommailbox", "remoteroommailbox", "linkedroommailbox"), Kind.ROOM),
    **dict.fromkeys(("equipmentmailbox", "remoteequipmentmailbox"), Kind.EQUIPMENT),
    **dict.fromkeys(("mailuniversaldistributiongroup", "mailuniversalsecuritygroup"), Kind.GROUP),
    **dict.fromkeys(("mailnonuniversalgroup", "dynamicdistributiongroup", "groupmailbox", "roomlist"), Kind.GROUP),
    **dict.fromkeys(("mailcontact", "mailuser", "guestmailuser", "guest", "mailforestcontact"), Kind.CONTACT),
}
_PART: Final = re.compile(r"((?:[^;\n\\]|\\.)+)", re.DOTALL)


def joined(values: Iterable[str]) -> str:
    """Several values as one cell, separated by ``;``; one within a value has a ``\\`` before it."""
    return ";".join(value.replace("\\", "\\\\").replace(";", "\\;").replace("\n", "\\\n") for value in values)


def parted(text: str) -> list[str]:
    """The values of a cell: what ``;`` or a line end separates, without empty ones."""
    found = (re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL).strip() for part in _PART.findall(text))
    return [value for value in found if value]


def truth(text: str) -> bool:
    """Yes or no. Raises ValueError for anything else: a column that was shifted shows here."""
    try:
        return _TRUTH[text.strip().lower()]
    except KeyError:
        raise ValueError("neither yes nor no") from None


def kind(text: str) -> Kind:
    """What stands behind a line. Raises ValueError for a word that nobody uses."""
    try:
        return _KINDS[text.strip().lower()]
    except KeyError:
        raise ValueError("no kind of a recipient") from None


def addresses(values: Iterable[str]) -> tuple[list[str], list[str], list[str], str]:
    """Proxy addresses as SMTP ones, X500 ones and SIP ones without their prefixes, and the primary of them or "".

    Others (EUM, SPO) are left out, and so is what cannot be read: one bad alias is no reason to do without somebody.
    The primary alone is told as it stands where it cannot be read.
    """
    smtp: list[str] = []
    x500: list[str] = []
    sip: list[str] = []
    primary = ""
    for value in values:
        prefix, colon, rest = value.partition(":")
        scheme = prefix.lower() if colon else "smtp"
        if scheme == "smtp":
            rest = rest if colon else value
            address = _smtp(rest)
            smtp += [address] if address else []
            primary = (address or rest) if prefix == "SMTP" else primary
        elif scheme == "x500":
            x500.append(rest)
        elif scheme == "sip":
            sip.append(rest)
    return smtp, x500, sip, primary


def _smtp(text: str) -> str:
    try:
        return canonical(text)
    except ValueError:
        return ""
