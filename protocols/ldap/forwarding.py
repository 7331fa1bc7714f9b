"""Where the mail of an account of Active Directory goes: targetAddress, read and changed without hitting another's."""

from collections.abc import Iterable
from typing import Final

from protocols.ldap.addresses import answered, read
from protocols.ldap.attributes import TARGET
from protocols.ldap.names import quoted
from protocols.ldap.operations import Doing, Modification, Modify
from protocols.ldap.replies import Found

ATTRIBUTES: Final = ("mail", "proxyAddresses", TARGET)
ACCOUNTS: Final = "(&(objectCategory=person)(objectClass=user))"
"""Accounts, which contacts are not: to them mail goes anyway."""


def filters(addresses: Iterable[str]) -> list[str]:
    """What matches the accounts that answer to ``addresses``, whatever they forward to."""
    return [f"(|(proxyAddresses=smtp:{quoted(each)})(mail={quoted(each)}))" for each in addresses]


def addresses_of(found: Found) -> frozenset[str]:
    """All SMTP addresses that the account answers to, canonical; the one that it forwards to is none."""
    addresses = answered(read(found.texts("proxyAddresses"), found.text("mail")))
    return frozenset(each for each in addresses if ":" not in each)


def target_of(found: Found) -> str:
    """targetAddress as it is written, "" for none."""
    return found.text(TARGET)


def changed(dn: str, before: str, after: str) -> Modify | None:
    """The change of targetAddress from ``before`` to ``after``; None where both are the same.

    The old value is named, so that the directory refuses all of it where another stands there by now (RFC 4511 4.6):
    noSuchAttribute, or, where there was none, attributeOrValueExists or constraintViolation.
    """
    if before == after:
        return None
    out = (Modification(Doing.DELETE, TARGET, (before.encode(),)),) if before else ()
    into = (Modification(Doing.ADD, TARGET, (after.encode(),)),) if after else ()
    return Modify(dn, (*out, *into))
