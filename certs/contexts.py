"""TLS for a server out of a pair in memory: what OpenSSL wants as a file never lies readable on a disk."""

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from certs.ciphers import harden
from certs.pair import CertificateError, Pair


def server_context(pair: Pair, *, client_authorities: Sequence[Path] = ()) -> ssl.SSLContext:
    """TLS that shows ``pair``.

    With ``client_authorities`` (PEM) callers may show a certificate of theirs, which must then come from one of them;
    intermediates may stand there without their root. Raises CertificateError.
    """
    context = harden(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    context.set_alpn_protocols(["http/1.1"])
    if client_authorities:
        _ask_for_certificates(context, client_authorities)
    _install(context, pair)
    return context


def _ask_for_certificates(context: ssl.SSLContext, authorities: Sequence[Path]) -> None:
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for path in authorities:
        try:
            context.load_verify_locations(cafile=path)
        except FileNotFoundError:
            raise CertificateError(f"there is no file {path}") from None
        except ssl.SSLError:
            raise CertificateError(f"{path} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)") from None
        except OSError as error:
            raise CertificateError(f"{path} cannot be read: {error.strerror}") from None


def _install(context: ssl.SSLContext, pair: Pair) -> None:
    password = secrets.token_bytes(32).hex().encode("ascii")  # of a file that nobody else ever reads
    key = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    chain = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in pair.certificates)
    try:
        with _lent(key + chain) as path:
            context.load_cert_chain(path, password=password)
    except (ssl.SSLError, OSError) as error:
        raise CertificateError(f"{pair.source}: does not serve: {error.strerror or 'TLS refuses it'}") from None


@contextmanager
def _lent(data: bytes) -> Iterator[str]:
    """A path that holds ``data`` meanwhile: in memory where the system can, else a file of the owner's alone.

    A file that a crash leaves behind holds a key encrypted with a password that is gone.
    """
    path = ""
    try:
        descriptor = os.memfd_create("certificate")
    except (AttributeError, OSError):
        descriptor, path = tempfile.mkstemp(prefix="busyline-")
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(data)
        yield path or f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
        if path:
            with suppress(OSError):
                Path(path).unlink()
