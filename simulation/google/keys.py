"""A service account with a key of its own, as the JSON file that an administrator downloads."""

from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SCOPES = (
    "https://www.googleapis.com/auth/calendar.events.freebusy",
    "https://www.googleapis.com/auth/calendar.freebusy",
    "https://www.googleapis.com/auth/calendar.events.readonly",
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/gmail.settings.basic",
    "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
    "https://www.googleapis.com/auth/admin.directory.resource.calendar.readonly",
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.group.member",
    "https://www.googleapis.com/auth/contacts",
    "https://www.google.com/m8/feeds",
)


@dataclass(frozen=True)
class ServiceAccount:
    """A service account; ``scopes`` are those that the domain's administrator has delegated to it."""

    email: str = "busyline@northwind-free-busy.iam.gserviceaccount.com"
    key_id: str = "0123456789abcdef0123456789abcdef01234567"
    scopes: tuple[str, ...] = SCOPES

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        """The private key, made when it is first wanted."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def file(self, token_url: str) -> dict[str, str]:
        """The contents of the JSON file, with ``token_url`` as the place to get tokens from."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return {
            "type": "service_account",
            "project_id": "northwind-free-busy",
            "private_key_id": self.key_id,
            "private_key": pem,
            "client_email": self.email,
            "client_id": "104000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_url,
            "universe_domain": "googleapis.com",
        }
