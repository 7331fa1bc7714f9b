"""Writes distribution groups into an Active Directory: what a new one is made of, and how its members change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from protocols.ldap.attributes import DESCRIPTION, LISTS, MEMBER, NICKNAME
from protocols.ldap.operations import Doing, Modification
from protocols.ldap.recipients import Manner, hiding, proxies, written
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field

UNIVERSAL: Final = "8"  # GROUP_TYPE_UNIVERSAL_GROUP and not security-enabled, [MS-ADTS] 2.2.12
AT_ONCE: Final = 500
"""Members of one request: a directory takes 5,000 values at most (MaxValRange and its kin), and other things go by."""
_EXCHANGE: Final = {
    "msExchRecipientDisplayType": "1",  # DistributionGroup
    "msExchVersion": "44220983382016",  # as in protocols/ldap/recipients.py
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailGroup:
    """A group of elsewhere as it shall stand here. ``members`` are distinguished names of this directory."""

    address: Mailbox
    aliases: tuple[str, ...] = ()
    texts: Mapping[Field, str] = field(default_factory=dict)
    hidden: bool = False
    stamp: str
    members: tuple[str, ...] = ()


def added_group(group: MailGroup, manner: Manner, *, nickname: str, account_name: str) -> dict[str, list[bytes]]:
    """The attributes of a new universal distribution group with its first :data:`AT_ONCE` members; those that the
    schema does not know are left out. ``account_name`` (sAMAccountName) every group must have ([MS-ADSC] 2.49).

    The stamp is the description as well: Entra Connect carries that to the cloud, where Graph shows no extension
    attribute of a group. Unconfirmed that Graph tells it as ``description``.
    """
    texts = {
        "sAMAccountName": account_name,
        "groupType": UNIVERSAL,
        "mail": group.address.address,
        NICKNAME: nickname,
        manner.stamp: group.stamp,
        DESCRIPTION: group.stamp,
        **_EXCHANGE,
        **written(group.texts),
        **hiding(group.hidden),
    }
    several = {
        "proxyAddresses": proxies(group.address, group.aliases),
        LISTS: () if group.hidden else manner.lists,
        MEMBER: group.members[:AT_ONCE],
    }
    always = {"sAMAccountName", "groupType", DESCRIPTION}
    known: dict[str, list[bytes]] = {"objectClass": [b"group"]}
    known |= {k: [text.encode()] for k, text in texts.items() if text and (k in always or manner.schema.knows(k))}
    return known | {name: [each.encode() for each in values] for name, values in several.items() if values}


def membership(add: Iterable[str], take: Iterable[str], manner: Manner, stamp: str) -> Iterator[Sequence[Modification]]:
    """The changes of a group's members, value by value and :data:`AT_ONCE` of them in one request; what somebody else
    does to other members meanwhile stays. Each request proves the stamp first, as all changes here do."""
    todo = [(Doing.DELETE, name) for name in take] + [(Doing.ADD, name) for name in add]
    value = (stamp.encode(),)
    proof = (Modification(Doing.DELETE, manner.stamp, value), Modification(Doing.ADD, manner.stamp, value))
    for start in range(0, len(todo), AT_ONCE):
        part = todo[start : start + AT_ONCE]
        sorted_out = {doing: tuple(n.encode() for d, n in part if d is doing) for doing in (Doing.DELETE, Doing.ADD)}
        yield (*proof, *(Modification(doing, MEMBER, names) for doing, names in sorted_out.items() if names))
