"""A certificate and its key from PEM files, made into TLS for a server, with words for what is wrong with them."""

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certs import objections
from certs.contexts import server_context
from certs.pair import CertificateError, Pair, PrivateKey, belong_together, served_key

__all__ = [
    "CertificateError",
    "Loaded",
    "certificates_in",
    "dated",
    "key_in",
    "load",
    "notes",
    "read",
    "read_certificates",
    "read_file",
    "read_pair",
]

_LINE: Final = re.compile(rb"-----(BEGIN|END) ([^-\r\n]*)-----")  # RFC 7468 2
_NO_CERTIFICATE: Final = "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)"
_NO_KEY: Final = "holds no private key in PEM (-----BEGIN PRIVATE KEY-----)"


@dataclass(frozen=True, slots=True)
class Loaded:
    """TLS for a server (1.2 and newer), until when the certificate holds, and what an administrator should know."""

    context: ssl.SSLContext
    expires: datetime
    notes: tuple[str, ...]


def load(
    chain: Path, key: Path, *, now: datetime, host: str | None = None, client_authorities: Sequence[Path] = ()
) -> Loaded:
    """Load ``chain`` (the leaf first) and ``key``; ``host`` is the name callers use.

    Raises CertificateError where the two cannot be used together. What callers would object to is a note.
    """
    pair = read(chain, key)
    context = server_context(pair, client_authorities=client_authorities)
    return Loaded(context, pair.leaf.not_valid_after_utc, tuple(notes(pair.certificates, now=now, host=host)))


def read(chain: Path, key: Path) -> Pair:
    """The certificates of ``chain``, the leaf first, and the ``key`` of the leaf. Raises CertificateError."""
    return read_pair(read_file(chain), read_file(key), chain=str(chain), key=str(key))


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """Every certificate in ``path``, at least one. Raises CertificateError."""
    return certificates_in(read_file(path), str(path))


def read_pair(certificates: bytes, private: bytes, *, chain: str, key: str) -> Pair:
    """The same from what ``chain`` and ``key`` hold, which name the two in errors; one text may hold both."""
    found = certificates_in(certificates, chain)
    own = key_in(private, key)
    if not belong_together(found[0], own):
        raise CertificateError(
            f"{key} is not the key of the first certificate in {chain}: "
            "put the server's own certificate first, or name the key it was requested with"
        )
    return Pair(found, own, chain if chain == key else f"{chain} and {key}")


def notes(certificates: Sequence[x509.Certificate], *, now: datetime, host: str | None = None) -> list[str]:
    """What callers object to, in words: validity, names, and a chain that lacks its intermediates."""
    return [found.words for found in objections.objections(certificates, now=now, host=host)]


def dated(certificate: x509.Certificate, *, now: datetime) -> str | None:
    """What its dates make of it, in words: expired, about to ("expires"), or not valid yet; None where all is well."""
    found = objections.dated(certificate, now=now)
    return found.words if found else None


def read_file(path: Path) -> bytes:
    """What ``path`` holds. Raises CertificateError in words."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise CertificateError(f"there is no file {path}") from None
    except OSError as error:
        raise CertificateError(f"{path} cannot be read: {error.strerror}") from None


def certificates_in(data: bytes, name: str) -> tuple[x509.Certificate, ...]:
    """Every certificate in PEM in ``data``, at least one; ``name`` says in errors what that is.

    Raises CertificateError, also where one of them is there in part: the parser passes over it, and would make of half
    a chain a whole one that lacks its intermediate.
    """
    if _is_cut_off(data):
        raise CertificateError(f"{name} is cut off: write it anew, whole, with every certificate of the chain")
    try:
        certificates = x509.load_pem_x509_certificates(data)
    except ValueError:
        certificates = []
    if not certificates:
        raise CertificateError(f"{name} {_NO_CERTIFICATE}")
    return tuple(certificates)


def key_in(data: bytes, name: str) -> PrivateKey:
    """The private key in PEM in ``data``; ``name`` says in errors what that is. Raises CertificateError."""
    try:
        return served_key(load_pem_private_key(data, None), name)
    except TypeError:
        raise CertificateError(
            f"{name} has a passphrase: store it without one, readable by the service alone"
        ) from None
    except CertificateError:
        raise
    except ValueError:
        raise CertificateError(f"{name} {_NO_KEY}") from None


def _is_cut_off(data: bytes) -> bool:
    """Whether a block begins or ends without its other end, or the last line is the beginning of such a line."""
    open_block = None
    for place, label in _LINE.findall(data):
        if (place == b"BEGIN") != (open_block is None) or open_block not in (None, label):
            return True
        open_block = label if place == b"BEGIN" else None
    last = data.rstrip().rpartition(b"\n")[2]
    return open_block is not None or (last.startswith(b"-") and not _LINE.fullmatch(last))
