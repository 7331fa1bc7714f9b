"""The changes that make an object of ours what it shall be: what is named and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from protocols.ldap.addresses import proxy
from protocols.ldap.attributes import DESCRIPTION, HIDDEN, LISTS, MANAGER, PHOTO, TARGET
from protocols.ldap.operations import Doing, Modification
from protocols.ldap.recipients import Manner, hiding, written
from protocols.ldap.replies import Found
from protocols.model.mailbox import Mailbox
from protocols.model.person import Field
from protocols.model.stamps import with_stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What shall change; None and nothing where it stays.

    ``texts`` hold "" for a field that is emptied. ``aliases`` are to be there and ``dropped`` not any more; others that
    somebody added stay. ``manager`` is a distinguished name, "" for none; ``photo`` the picture, b"" for none.
    """

    texts: Mapping[Field, str] = field(default_factory=dict)
    address: Mailbox | None = None
    aliases: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    hidden: bool | None = None
    manager: str | None = None
    photo: bytes | None = field(default=None, repr=False)


def modifications(found: Found, wanted: Wanted, manner: Manner, stamp: str) -> tuple[Modification, ...]:
    """The changes of ``found``, which carries ``stamp`` and was read with its description; none where nothing is to do.

    A group whose description lacks the stamp gets it as a last line there (see :func:`mail_groups.added_group`).
    The first two take the stamp away and give it back: where it has gone meanwhile the directory refuses them all, so
    that an object which is not ours any more cannot be hit even between our look and our write.
    """
    singles = written(wanted.texts)
    if wanted.address is not None:
        singles["mail"] = wanted.address.address
        if not is_group(found):  # mail to a group goes to its members
            singles[TARGET] = f"SMTP:{wanted.address.address}"
    if wanted.hidden is not None:
        singles |= hiding(wanted.hidden)
    if wanted.manager is not None:
        singles[MANAGER] = wanted.manager
    changes = [
        Modification(Doing.REPLACE, name, (text.encode(),) if text else ())
        for name, text in singles.items()
        if manner.schema.knows(name) and text != found.text(name)
    ]
    if wanted.photo is not None and manner.schema.knows(PHOTO):
        changes.append(Modification(Doing.REPLACE, PHOTO, (wanted.photo,) if wanted.photo else ()))
    changes += _proxies(found, wanted)
    if wanted.hidden is not None:
        changes += _lists(found, manner, wanted.hidden)
    if is_group(found):
        changes += _description(found, stamp)
    if not changes:
        return ()
    value = (stamp.encode(),)
    proof = (Modification(Doing.DELETE, manner.stamp, value), Modification(Doing.ADD, manner.stamp, value))
    return (*proof, *changes)


def is_group(found: Found) -> bool:
    """Whether ``found``, which was read with its objectClass, is a group."""
    return any(value.lower() == b"group" for value in found.attributes.get("objectclass", ()))


def hides(manner: Manner) -> bool:
    """Whether objects can be hidden in this directory."""
    return manner.schema.knows(HIDDEN)


def _proxies(found: Found, wanted: Wanted) -> list[Modification]:
    if wanted.address is None and not wanted.aliases and not wanted.dropped:
        return []
    before = found.texts("proxyAddresses")
    primary = next((each for each in before if each.startswith("SMTP:")), "")
    first = f"SMTP:{wanted.address}" if wanted.address else primary
    gone = {proxy(each).lower() for each in wanted.dropped} | {primary.lower(), first.lower()}
    after = {each.lower(): each for each in before if each.lower() not in gone}  # spelled as they are
    after |= {first.lower(): first} if first else {}
    for alias in map(proxy, wanted.aliases):
        after.setdefault(alias.lower(), alias)
    return _difference("proxyAddresses", before, after.values())


def _lists(found: Found, manner: Manner, hidden: bool) -> list[Modification]:
    before = found.texts(LISTS)
    ours = {each.lower() for each in manner.lists}
    if hidden:
        return [Modification(Doing.REPLACE, LISTS)] if before else []
    missing = [each for each in manner.lists if each.lower() not in {name.lower() for name in before}]
    return [Modification(Doing.ADD, LISTS, tuple(each.encode() for each in missing))] if missing and ours else []


def _description(found: Found, stamp: str) -> list[Modification]:
    before = found.text(DESCRIPTION)
    after = with_stamp(before, stamp)
    return _difference(DESCRIPTION, [before] if before else [], [after] if after else [])


def _difference(name: str, before: Iterable[str], after: Iterable[str]) -> list[Modification]:
    """Value by value: what somebody else added meanwhile is not taken away."""
    old, new = set(before), set(after)
    gone, come = sorted(old - new), sorted(new - old)
    changes = [Modification(Doing.DELETE, name, tuple(each.encode() for each in gone))] if gone else []
    return changes + ([Modification(Doing.ADD, name, tuple(each.encode() for each in come))] if come else [])
