"""What ACME leaves behind: the account's key and the certificate, each one file, whole, for its owner alone."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from certs.keeping import keep
from certs.pair import CertificateError, Pair, PrivateKey
from certs.pem import read_file, read_pair
from certs.signing_requests import fresh_key


@dataclass(frozen=True, slots=True)
class AcmeState:
    """A folder for each authority: what a test authority issued is never shown once the real one is named."""

    folder: Path

    @classmethod
    def of(cls, directory: Path, directory_url: str) -> Self:
        """The state below ``directory`` for the authority at ``directory_url``."""
        host = urlsplit(directory_url).netloc.replace(":", "-")
        digest = hashlib.sha256(directory_url.encode()).hexdigest()[:8]  # one host may have several directories
        return cls(directory / f"{host}-{digest}")

    @property
    def account_path(self) -> Path:
        """The account's key: who has it may ask for certificates in our name."""
        return self.folder / "account-key.pem"

    @property
    def certificate_path(self) -> Path:
        """Key and chain in one file, so that they always are of one pair."""
        return self.folder / "certificate.pem"

    def account_key(self) -> rsa.RSAPrivateKey:
        """The key there, or a new one that is kept before it is used. Raises CertificateError, OSError."""
        if not self.account_path.exists():
            self._keep(self.account_path, _private(fresh_key("rsa")))
        try:
            key = load_pem_private_key(read_file(self.account_path), None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise CertificateError(f"{self.account_path} is no account key: restore it, or remove it for a new account")
        return key

    def load(self) -> Pair | None:
        """The certificate there; None where none was issued yet. Raises CertificateError where it cannot be used."""
        if not self.certificate_path.exists():
            return None
        data, name = read_file(self.certificate_path), str(self.certificate_path)
        return read_pair(data, data, chain=name, key=name)

    def store(self, pair: Pair) -> None:
        """Keep ``pair``, which a start shows from now on: only what callers do not refuse. Raises OSError."""
        chain = b"".join(each.public_bytes(Encoding.PEM) for each in pair.certificates)
        self._keep(self.certificate_path, _private(pair.key) + chain)

    def _keep(self, path: Path, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keep(path, data)


def _private(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
