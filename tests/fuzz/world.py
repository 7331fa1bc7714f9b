"""A world in which signatures hold: keys that never change, and messages signed by them, for what checks signatures.

The keys are worth nothing outside the tests. ``python -m tests.fuzz.world`` makes them and the messages anew.
"""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from protocols.ews.wssecurity.assertion import Trust
from protocols.ews.wssecurity.keys import DecryptionKey
from protocols.ews.wssecurity.message import Demands
from protocols.ews.xoauth.clouds import CLOUDS
from protocols.ews.xoauth.keys import Keys
from protocols.ews.xoauth.token import Expected
from protocols.model.caller import Caller
from proxy.auth.oidc import TrustedIssuer
from proxy.auth.oidc_key_set import KeySet, read_key_set
from proxy.auth.own_tokens import OwnTokens
from proxy.auth.signing_keys import SigningKey, SigningKeys
from simulation.federation import FederatedCaller, Identity, TokenIssuer
from simulation.federation.caller import SOAP12
from simulation.federation.issuer import Wish
from simulation.microsoft.issuer import EXCHANGE, TENANT, Key, TokenService
from simulation.oidc.issuer import Key as OidcKey
from simulation.oidc.issuer import OidcIssuer

PLACE: Final = Path(__file__).parent / "world"
NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECONDS: Final = NOW.timestamp()
HOST, PERSON, DOMAIN = "busy.example.com", "ann@contoso.example", "contoso.example"
URL: Final = f"https://{HOST}/EWS/Exchange.asmx/WSSecurity"
AUDIENCE: Final = "FYDIBOHF25SPDLT.fabrikam.example"
QUESTION: Final = '<m:Question xmlns:m="urn:m">who is free?</m:Question>'
NORTHWIND: Final = Caller("northwind", "Northwind", "oauth")
DEMANDS: Final = Demands(addresses=frozenset({URL}))
_SPAN: Final = (NOW - timedelta(days=30), NOW + timedelta(days=365))
_CALLERS: Final = {
    "soap11": FederatedCaller(),
    "soap12": FederatedCaller(soap=SOAP12, digest="sha256"),
    "derived": FederatedCaller(derives=True, covers=("body",)),
    "address": FederatedCaller(covers=("to",)),
}


def messages(kind: str) -> list[bytes]:
    """The signed messages of ``kind``: ``wssecurity`` or ``jwt``."""
    return [path.read_bytes() for path in sorted((PLACE / kind).iterdir())]


@cache
def trust() -> Trust:
    """What the organisation asked believes."""
    ours = _identity("fabrikam")
    serial = ours.certificate.serial_number
    key = DecryptionKey(
        private=ours.key, identifier=ours.subject_key_identifier, thumbprint=b"\x01" * 20, serial=serial
    )
    issuers = {"urn:federation:MicrosoftOnline": [_identity("gateway").certificate]}
    return Trust(audience=AUDIENCE, issuers=issuers, keys=[key])


@cache
def expected() -> tuple[Expected, Keys]:
    """Whose tokens are believed, and the keys that are published."""
    key = service().keys[0]
    hosts = frozenset({HOST})
    wanted = Expected(cloud=CLOUDS["global"], apps={TENANT: frozenset({EXCHANGE})}, client_id=EXCHANGE, hostnames=hosts)
    return wanted, {key.x5t: key.private.public_key()}


@cache
def own_tokens() -> OwnTokens:
    """Our own, signed by a key that never changes."""
    keys = cast("SigningKeys", _OneKey())
    known = {NORTHWIND.name: NORTHWIND}
    issuer = f"https://{HOST}"
    return OwnTokens(keys, issuer=issuer, callers=known, lifetime=timedelta(hours=1), clock=lambda: SECONDS)


@cache
def oidc_issuer() -> OidcIssuer:
    """An issuer of tokens that the settings name, by keys that never change."""
    issuer = OidcIssuer("https://login.northwind.example/", clock=lambda: SECONDS)
    issuer.keys = [OidcKey(_key("microsoft"), "rsa", "RS256")]
    return issuer


@cache
def oidc_trusted() -> TrustedIssuer:
    """How far it is believed."""
    return TrustedIssuer(
        issuer=oidc_issuer().issuer,
        audiences=(f"https://{HOST}",),
        algorithms=frozenset({"RS256", "ES256"}),
        leeway=60,
        subjects={NORTHWIND.name: NORTHWIND},
        clients={"an-application": NORTHWIND},
        keys=_Published(),
    )


class _Published:
    @property
    def held(self) -> KeySet:
        """All there are, the same each time."""
        return _key_set()

    async def get(self, kid: str | None, algorithm: str) -> KeySet:
        """All there are."""
        return self.held


@cache
def _key_set() -> KeySet:
    return read_key_set(oidc_issuer().key_set())


class _OneKey:
    def current(self) -> SigningKey:
        return SigningKey(kid="k1", secret=b"k" * 32, begins=0.0, lifetime=1e12)

    def find(self, kid: str) -> SigningKey | None:
        return self.current() if kid == "k1" else None

    def is_known(self, kid: str) -> bool:
        return kid == "k1"

    def watch(self) -> None:
        """Nothing changes."""


@cache
def _primes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((PLACE / "primes.json").read_text(encoding="ascii"))
    return found


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    p, q = (int(digits, 16) for digits in _primes()[name])
    d = pow(65_537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65_537, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    )
    return numbers.private_key()


@cache
def _identity(name: str) -> Identity:
    identity = Identity(name, *_SPAN)
    vars(identity)["key"] = _key(name)  # where cached_property keeps it
    return identity


@cache
def service() -> TokenService:
    """A tenant's issuer of tokens."""
    certificate = _identity("microsoft").certificate.public_bytes(Encoding.DER)
    return TokenService(TENANT, clock=lambda: SECONDS, key=Key(_key("microsoft"), certificate, "x5t-of-the-key"))


def _make() -> None:
    names = ("gateway", "fabrikam", "microsoft")
    keys = {name: rsa.generate_private_key(public_exponent=65_537, key_size=2_048).private_numbers() for name in names}
    primes = {name: [f"{key.p:x}", f"{key.q:x}"] for name, key in keys.items()}
    (PLACE / "primes.json").write_text(json.dumps(primes, indent=1) + "\n", encoding="ascii")
    issuer, ours = TokenIssuer(_identity("gateway")), _identity("fabrikam").certificate
    wish = Wish(audience=f"http://{AUDIENCE}", person=PERSON, domain=DOMAIN, at=NOW)
    made: dict[str, bytes] = {}
    for name, caller in _CALLERS.items():
        made[f"wssecurity/{name}"] = caller.request(QUESTION, issuer.issue(wish, ours), to=URL, at=NOW)
    for name, clear in (("assertion", False), ("assertion-clear", True)):
        made[f"wssecurity/{name}"] = etree.tostring(
            issuer.signed(issuer.assertion(wish, b"s" * 32, ours, clear_proof=clear))
        )
    made["jwt/actor"] = service().token(HOST).encode()
    made["jwt/outer"] = service().token(HOST, PERSON).encode()
    made["jwt/own"] = own_tokens().issue(NORTHWIND.name)[0].encode()
    made["jwt/key-set"] = json.dumps(service().key_set()).encode()
    made["jwt/metadata"] = json.dumps(service().metadata()).encode()
    for name, data in made.items():
        (PLACE / name).parent.mkdir(exist_ok=True)
        (PLACE / name).write_bytes(data)


if __name__ == "__main__":
    _make()
