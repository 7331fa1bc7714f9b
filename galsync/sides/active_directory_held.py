"""What stands in an Active Directory, read as the plan wants it: whose it is, what it answers to, what it tells."""

from collections.abc import Sequence
from typing import Final

from galsync.entries import Form, Held, Stamp
from galsync.sides.active_directory_names import Addressbook
from protocols.ldap.addresses import answered, read, target
from protocols.ldap.attributes import COUNTRY_CODE, DESCRIPTION, FIELDS, HIDDEN, LISTS, MANAGER, NICKNAME, PHOTO, TARGET
from protocols.ldap.names import quoted
from protocols.ldap.people import stamp_of, texts_of
from protocols.ldap.replies import Found
from protocols.model.person import Field

VERSION: Final = "uSNChanged"
_DETAILS: Final = "msExchRecipientTypeDetails"
_MAIL_USER: Final = 128
_STAMPED: Final = "(adminDescription=busyline:*)"
ATTRIBUTES: Final = (
    "objectClass", "mail", "proxyAddresses", "legacyExchangeDN", TARGET, *FIELDS.values(), COUNTRY_CODE, MANAGER,
    "adminDescription", DESCRIPTION, HIDDEN, LISTS, NICKNAME, VERSION, _DETAILS,
)  # fmt: skip


def everything_filter(stamp: str) -> str:
    """Whatever has an address or a stamp in the attribute ``stamp``."""
    return f"(|(proxyAddresses=*)(mail=*)({TARGET}=*)({stamp}=busyline:*){_STAMPED})"


def filters_of(address: str) -> list[str]:
    """What matches whoever answers to ``address``, spelled as in Held.addresses."""
    kind, colon, text = address.partition(":")
    if colon and kind == "x500":
        return [f"(proxyAddresses=X500:{quoted(text)})", f"(legacyExchangeDN={quoted(text)})"]
    if colon:
        return [f"(proxyAddresses={quoted(address)})"]
    value = quoted(address)
    return [f"(proxyAddresses=smtp:{value})", f"(mail={value})", f"({TARGET}=SMTP:{value})"]


def held(found: Found, stamp: str, book: Addressbook, *, members: Sequence[str] = ()) -> Held:
    """``found`` as the plan sees it; ``book`` knows managers and ``members``, which are distinguished names. Of what is
    not ours no more is told than its name. A photo is told where it was asked for."""
    photo, found = found.octets(PHOTO), found.readable()
    mark = Stamp.read(found.text(stamp) or stamp_of(found))
    mailbox = target(found.text(TARGET))
    addresses = read(found.texts("proxyAddresses"), found.text("mail"), found.text("legacyExchangeDN"))
    texts = texts_of(found, but=stamp)
    if mark is None:
        texts = {key: text for key, text in texts.items() if key is Field.DISPLAY_NAME}
    elif manager := book.address(found.text(MANAGER)):
        texts[Field.MANAGER] = manager
    return Held(
        key=found.dn,
        version=found.text(VERSION),
        stamp=mark,
        form=_form(found, mark),
        address=mailbox or addresses.primary,
        addresses=answered(addresses, mailbox),
        texts=texts,
        hidden=found.true(HIDDEN),
        members=book.addresses(members),
        photo=photo if mark else b"",
    )


def is_ours(found: Found, stamp: str, mark: Stamp) -> bool:
    """Whether ``found`` carries exactly this stamp."""
    return found.readable().text(stamp) == mark.text


def _form(found: Found, mark: Stamp | None) -> Form | None:
    classes = {name.lower() for name in found.texts("objectClass")}
    if "contact" in classes:
        return Form.MAIL_CONTACT
    if "group" in classes:
        return Form.GROUP
    mail_user = found.text(TARGET) or found.number(_DETAILS) == _MAIL_USER or mark is not None
    return Form.MAIL_USER if "user" in classes and mail_user else None
