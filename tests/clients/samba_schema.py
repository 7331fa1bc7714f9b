"""Extends a real directory by the attributes of Exchange that Busyline reads and writes.

Names and syntaxes are Exchange's; the OIDs are of the arc that Microsoft gives to whoever makes OIDs of a GUID, since
nothing of a client's depends on them. As Exchange does it, the attributes are allowed by the class mailRecipient, which
contacts, users and groups have.
"""

from typing import Final

from protocols.ldap.operations import Add, Doing, Modification, Modify
from protocols.ldap.searching import Ask
from protocols.ldap.tracking import root

_TEXT, _TRUTH, _NUMBER, _LARGE = ("2.5.5.12", "64"), ("2.5.5.8", "1"), ("2.5.5.9", "2"), ("2.5.5.16", "65")
_ARC: Final = "1.2.840.113556.1.8000.2554.47116.58021.20133.18293.41044.1193046.7351234.1"
_ATTRIBUTES: Final = {
    **{f"extensionAttribute{number}": _TEXT for number in range(1, 16)},
    "targetAddress": _TEXT,
    "mailNickname": _TEXT,
    "msExchHideFromAddressLists": _TRUTH,
    "msExchRecipientDisplayType": _NUMBER,
    "msExchRecipientTypeDetails": _LARGE,
    "msExchVersion": _LARGE,
    "internetEncoding": _NUMBER,
}


async def extend(ask: Ask) -> None:
    """Signed in as somebody of the schema's administrators."""
    schema = (await root(ask)).schema
    for number, (name, (syntax, om)) in enumerate(_ATTRIBUTES.items(), 1):
        attributes = {
            "objectClass": "attributeSchema",
            "lDAPDisplayName": name,
            "attributeID": f"{_ARC}.{number}",
            "attributeSyntax": syntax,
            "oMSyntax": om,
            "isSingleValued": "TRUE",
            "adminDisplayName": name,
        }
        encoded = {key: [text.encode()] for key, text in attributes.items()}
        (await ask(Add(f"CN={name},{schema}", encoded), ())).checked()
    await _take_up(ask)
    allowed = Modification(Doing.ADD, "mayContain", tuple(name.encode() for name in _ATTRIBUTES))
    (await ask(Modify(f"CN=Mail-Recipient,{schema}", (allowed,)), ())).checked()
    await _take_up(ask)


async def _take_up(ask: Ask) -> None:
    """From now on the directory goes by the new schema ([MS-ADTS] 3.1.1.3.3.13)."""
    (await ask(Modify("", (Modification(Doing.REPLACE, "schemaUpdateNow", (b"1",)),)), ())).checked()
