"""Recipients of Exchange Online as what stands in a target, those left half made among them."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from galsync.entries import Form, Held, Stamp
from galsync.powershell.orders import MAIL, PERSONAL
from protocols.graph.admin_recipients import CONTACT, GROUP, GUEST, MAIL_USER, Recipient
from protocols.model.person import Field

FORMS: Final[Mapping[str, Form]] = {
    CONTACT: Form.MAIL_CONTACT,
    MAIL_USER: Form.MAIL_USER,
    GUEST: Form.GUEST,
    GROUP: Form.GROUP,
}
_OURS: Final = frozenset({Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP})
SYNCHRONISED: Final = "it comes from the local Active Directory by directory synchronisation: write it there"
_GROUPS: Final = frozenset(
    {
        "MailUniversalSecurityGroup",
        "MailNonUniversalGroup",
        "DynamicDistributionGroup",
        "GroupMailbox",
        "RoomList",
    }
)
_FIELDS: Final = {name: key for key, name in (*PERSONAL.items(), *MAIL.items())}


def held_of(each: Recipient, stamp_attribute: str, *, members: Sequence[str] = (), manager: str = "") -> Held:
    """As the plan sees it: of what is not ours the display name alone. ``members`` and ``manager`` are addresses."""
    stamp, name = stamp_of(each, stamp_attribute), PERSONAL[Field.DISPLAY_NAME]
    told = each.texts if stamp else {name: each.texts.get(name, "")}
    half = is_half(each, stamp_attribute)
    texts = {_FIELDS[key]: text for key, text in told.items() if text and key != stamp_attribute}
    if half:
        texts.pop(Field.DISPLAY_NAME, None)
    if stamp and manager:
        texts[Field.MANAGER] = manager
    return Held(
        key=each.key,
        version=each.version,
        stamp=stamp,
        form=Form.GROUP if each.kind in _GROUPS else FORMS.get(each.kind),
        address=each.address,
        addresses=each.addresses,
        texts=texts,
        hidden=each.hidden,
        members=tuple(sorted(members)),
        readonly=SYNCHRONISED if each.synchronised else "",
    )


def stamp_of(each: Recipient, stamp_attribute: str) -> Stamp | None:
    """Whose it is. Only a contact, mail user or group is anybody's: mailboxes may have the attribute from elsewhere."""
    if FORMS.get(each.kind) not in _OURS:
        return None
    if is_half(each, stamp_attribute):
        return Stamp.read(each.texts[PERSONAL[Field.DISPLAY_NAME]])
    return Stamp.read(each.texts.get(stamp_attribute))


def is_half(each: Recipient, stamp_attribute: str) -> bool:
    """Whether its making broke off: a new object cannot bear a stamp yet, so that its display name is the stamp and its
    name ends in :func:`mark`, as no name that somebody gave does."""
    shown = each.texts.get(PERSONAL[Field.DISPLAY_NAME], "")
    return not each.texts.get(stamp_attribute) and Stamp.read(shown) is not None and each.name.endswith(mark(shown))


def mark(stamp: str) -> str:
    """The end of the name of what is made for this stamp (see :func:`galsync.powershell.orders.order`)."""
    return f"~{hashlib.blake2b(stamp.encode(), digest_size=6).hexdigest()}"
