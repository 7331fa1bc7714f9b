"""What an Exchange says besides free/busy: DavMail wants to know whose mailbox it is in and which folders there are."""

import re
from typing import Final

_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    '<h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" MinorBuildNumber="4" '
    'Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header>'
    '<s:Body xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<m:{operation}Response><m:ResponseMessages>{messages}</m:ResponseMessages></m:{operation}Response>"
    "</s:Body></s:Envelope>"
)
_MESSAGE: Final = (
    '<m:{operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{content}'
    "</m:{operation}ResponseMessage>"
)
_FOLDER: Final = (
    '<m:Folders><t:Folder><t:FolderId Id="{name}-id" ChangeKey="AQAAAA=="/>'
    "<t:DisplayName>{name}</t:DisplayName></t:Folder></m:Folders>"
)
_OWNER: Final = '<m:AlternateId xsi:type="t:AlternateId" Format="EwsId" Id="root-id" Mailbox="{owner}"/>'
_DISTINGUISHED: Final = re.compile(rb'DistinguishedFolderId Id="(\w+)"')


def answer(question: bytes, owner: str) -> bytes | None:
    """The answer of ``owner``'s mailbox to GetFolder or ConvertId; None for every other operation."""
    if b"<m:GetFolder>" in question:
        names = [found.decode() for found in _DISTINGUISHED.findall(question)]
        return _enveloped("GetFolder", [_FOLDER.format(name=name) for name in names])
    if b"<m:ConvertId " in question:
        return _enveloped("ConvertId", [_OWNER.format(owner=owner)])
    return None


def _enveloped(operation: str, contents: list[str]) -> bytes:
    messages = "".join(_MESSAGE.format(operation=operation, content=content) for content in contents)
    return _ENVELOPE.format(operation=operation, messages=messages).encode()
