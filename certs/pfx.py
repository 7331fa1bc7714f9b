"""A certificate and its key from one PKCS#12 file, as Windows exports them, opened in memory alone."""

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from certs.pair import CertificateError, Pair, PrivateKey, belong_together, served_key
from certs.pem import read_file


def read(path: Path, password: str | None) -> Pair:
    """What ``path`` holds, put in order: the file (RFC 7292) keeps none.

    Raises CertificateError where the password is wrong, or where key or certificate is missing or of another pair.
    """
    content = _opened(read_file(path), path, password)
    if content.key is None:
        raise CertificateError(f"{path} holds no private key: export it again, with the private key")
    key = served_key(content.key, str(path))
    found = [each.certificate for each in (content.cert, *content.additional_certs) if each is not None]
    if not found:
        raise CertificateError(f"{path} holds a key and no certificate: export it again, with the certificate")
    return Pair(_ordered(_leaf(found, key, path), found), key, str(path))


def _opened(data: bytes, path: Path, password: str | None) -> pkcs12.PKCS12KeyAndCertificates:
    try:
        return pkcs12.load_pkcs12(data, None if password is None else password.encode("utf-8"))
    except ValueError as error:
        if "password" not in str(error).lower():
            raise CertificateError(f"{path} is no PKCS#12 file: export the certificate as PFX (.pfx, .p12)") from None
    except Exception:  # noqa: BLE001  the parser's own kinds for algorithms it does not know
        raise CertificateError(f"{path} is encrypted in a way that is not read: export it with AES-256") from None
    if password is None:
        raise CertificateError(f'{path} has a password: name where it lies, such as password = "file:pfx.txt"')
    raise CertificateError(f"the password does not open {path}: write the one it was exported with")


def _leaf(found: Sequence[x509.Certificate], key: PrivateKey, path: Path) -> x509.Certificate:
    for certificate in found:
        if belong_together(certificate, key):
            return certificate
    raise CertificateError(f"the key in {path} belongs to none of its certificates: export certificate and key anew")


def _ordered(leaf: x509.Certificate, found: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The leaf, then each issuer after what it issued; what belongs to another chain is left out."""
    chain = [leaf]
    while chain[-1].issuer != chain[-1].subject:
        issuer = next((each for each in found if each.subject == chain[-1].issuer and each not in chain), None)
        if issuer is None:
            break
        chain.append(issuer)
    return tuple(chain)
