"""Names in a directory: values that can stand in a distinguished name (RFC 4514) or in a filter (RFC 4515)."""

import re
from typing import Final

MAX_CN: Final = 64
"""Characters of a common name (rangeUpper of the attribute cn, [MS-ADA1] 2.110)."""
_IN_A_NAME: Final = re.compile(r'[",+;<>\\=\x00-\x1f\x7f]')
_IN_A_FILTER: Final = re.compile(r"[*()\\\x00]|[^\x00-\x7f]")


def escaped(value: str) -> str:
    """``value`` as it stands in a distinguished name (RFC 4514 2.4). Never empty for what is not."""
    text = _IN_A_NAME.sub(_pair, value)
    if text[:1] in {" ", "#"}:
        text = "\\" + text
    if text[-1:] == " " and text != "\\ ":
        text = text[:-1] + "\\ "
    return text


def _pair(match: re.Match[str]) -> str:
    sign = match[0]
    return f"\\{ord(sign):02X}" if ord(sign) < 0x20 or sign == "\x7f" else f"\\{sign}"


def quoted(value: str | bytes) -> str:
    """``value`` as it stands in a filter (RFC 4515 3); octets each as ``\\xx``."""
    if isinstance(value, bytes):
        return "".join(f"\\{octet:02x}" for octet in value)
    return _IN_A_FILTER.sub(lambda match: quoted(match[0].encode()), value)


def parted(dn: str) -> tuple[str, str]:
    """The first relative name of ``dn`` and the name of what holds it, both as written."""
    at = 0
    while at < len(dn):
        if dn[at] == "\\":
            at += 1
        elif dn[at] == ",":
            return dn[:at], dn[at + 1 :].lstrip()
        at += 1
    return dn, ""


def within(dn: str, base: str) -> bool:
    """Whether ``dn`` is ``base`` or lies under it; letter case does not count."""
    name, above = dn.lower(), base.lower()
    return not above or name == above or name.endswith("," + above)


def common_name(text: str, suffix: str = "") -> str:
    """``text`` as a common name of at most :data:`MAX_CN` characters, with ``suffix`` in brackets behind it."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    tail = f" ({suffix})" if suffix else ""
    return plain[: MAX_CN - len(tail)].strip() + tail


def guid_text(octets: bytes) -> str:
    """An objectGUID as Windows writes it: 8-4-4-4-12, the first three parts little-endian ([MS-DTYP] 2.3.4.2).

    Raises ValueError where it has not sixteen octets."""
    if len(octets) != 16:
        raise ValueError(f"an objectGUID of {len(octets)} octets")
    swapped = octets[3::-1] + octets[5:3:-1] + octets[7:5:-1] + octets[8:]
    text = swapped.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def guid_octets(text: str) -> bytes:
    """The octets of :func:`guid_text`. Raises ValueError."""
    plain = bytes.fromhex(text.replace("-", ""))
    if len(plain) != 16:
        raise ValueError(f"not a GUID: {text[:50]!r}")
    return plain[3::-1] + plain[5:3:-1] + plain[7:5:-1] + plain[8:]
