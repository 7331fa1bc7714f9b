"""Drives xml-crypto and xml-encryption, WS-Security of the Node world: they ask us, or check what our callers send."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from simulation.federation import Identity
from simulation.federation.caller import SOAP11
from tests.clients.node_runner import told

_PACKAGES = ("xml-crypto", "xml-encryption", "@xmldom/xmldom")


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeToken:
    """What a token of theirs says. ``wrapped``: its key is encrypted once more inside."""

    audience: str
    person: str
    domain: str
    at: datetime
    action: str = "MSExchange.SharingCalendarFreeBusy"
    wrapped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCaller:
    """How they ask: with tokens that ``issuer`` signs as ``uri``, encrypted to ``target``; ``mac`` is sha1 or sha256.

    ``change``: what is replaced by what after all is signed.
    """

    issuer: Identity
    target: Identity
    uri: str = "urn:federation:MicrosoftOnline"
    soap: str = SOAP11
    mac: str = "sha256"
    change: tuple[str, str] | None = None

    def post(self, url: str, content: str, token: NodeToken, *, at: datetime) -> tuple[int, str, bytes]:
        """Status, media type and body of the answer to ``content`` (XML of the body), signed at the instant ``at``."""
        answer = _told(
            what="ask",
            url=url,
            soap=self.soap,
            content=content,
            at=at.isoformat(),
            mac=self.mac,
            change=self.change,
            certificate=_certificate(self.target),
            issuer={"uri": self.uri, "key": _key(self.issuer), "certificate": _certificate(self.issuer)},
            token={
                "audience": token.audience,
                "at": token.at.isoformat(),
                "wrapped": token.wrapped,
                "claims": {"EmailAddress": token.person, "RequestorDomain": token.domain, "action": token.action},
            },
        )
        assert "failed" not in answer, answer
        return answer["status"], answer["type"].partition(";")[0], answer["body"].encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What they make of a message: why they refuse it, or what its token claims and which elements were signed."""

    refused: str = ""
    claims: str = ""
    signed: tuple[bytes, ...] = ()


def checked(message: bytes, *, issuer: Identity, target: Identity) -> Checked:
    """Their verdict on ``message``, whose token is to be signed by ``issuer`` and encrypted to ``target``."""
    answer = _told(what="check", message=message.decode(), issuer=_certificate(issuer), key=_key(target))
    if "failed" in answer:
        return Checked(refused=answer["failed"])
    return Checked(claims=answer["claims"], signed=tuple(each.encode() for each in answer["signed"]))


def _told(**question: Any) -> dict[str, Any]:
    return told("wssecurity.mjs", _PACKAGES, question)


def _certificate(identity: Identity) -> str:
    return identity.certificate.public_bytes(Encoding.PEM).decode()


def _key(identity: Identity) -> str:
    return identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
