"""What a server that answers 401 would rather be shown: the ways of signing in that it names (RFC 9110 11.6.1)."""

import re
from typing import Final

from protocols.http import Headers

_BEGINS: Final = re.compile(r"(?:^|,)[ \t]*([A-Za-z]{1,20})(?=[ \t,]|$)")  # parameters have a "=" behind their name
_KINDS: Final = {"basic": "Basic", "bearer": "Bearer", "negotiate": "Negotiate", "ntlm": "NTLM", "digest": "Digest"}
_WRITTEN: Final = {"Basic": "basic", "Bearer": "oauth", "Negotiate": "negotiate", "NTLM": "ntlm"}


def offered(headers: Headers) -> tuple[str, ...]:
    """The known schemes of ``WWW-Authenticate``, each once, in the order sent; nothing else of it is told."""
    found = [name.lower() for value in headers.all("WWW-Authenticate") for name in _BEGINS.findall(value)]
    return tuple(dict.fromkeys(_KINDS[name] for name in found if name in _KINDS))


def mismatch(headers: Headers, scheme: str) -> str:
    """In words, that the server offers other ways of signing in than ``scheme``; "" where it offers that or nothing."""
    schemes = offered(headers)
    if not schemes or scheme in schemes:
        return ""
    kinds = [f'"{_WRITTEN[each]}"' for each in schemes if each in _WRITTEN]
    mend = f"set kind = {' or '.join(kinds)} in its auth" if kinds else "let it offer another way"
    return f"the server offers {' and '.join(schemes)}, not {scheme}: {mend}"
