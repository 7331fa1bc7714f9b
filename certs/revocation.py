"""Asks the authority of a certificate whether it was revoked: by OCSP (RFC 6960), or by its list (RFC 5280 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from protocols.errors import PeerError
from protocols.http import Headers, HttpRequest, Send

_SKEW: Final = timedelta(minutes=5)
_ENDLESS: Final = timedelta(days=7)  # how long what does not say until when it holds is believed


@dataclass(frozen=True, slots=True)
class Revocation:
    """``words`` say what was found, or why nothing was looked for."""

    state: Literal["good", "revoked", "unchecked"]
    words: str


class UncheckedError(Exception):
    """One way of asking gave no answer that counts; the text says why."""


async def revocation(
    send: Send, leaf: x509.Certificate, known: Sequence[x509.Certificate], *, now: datetime
) -> Revocation:
    """What the authority of ``leaf`` says; ``known`` are certificates among which its issuer may be.

    An answer counts only if the issuer signed it, or somebody the issuer named for that, and if it is of today. Never
    raises for what another side does: what cannot be found out is "unchecked".
    """
    if leaf.issuer == leaf.subject:
        return Revocation("unchecked", "it signed itself: nobody else could revoke it")
    issuer = next((each for each in known if each.subject == leaf.issuer and _issued(leaf, each)), None)
    if issuer is None:
        return Revocation("unchecked", "its issuer is not in the chain, so nobody's answer could be trusted")
    responders, lists = _responders(leaf), _lists(leaf)
    if not responders and not lists:
        return Revocation("unchecked", "it names neither an OCSP address nor a list of revoked certificates")
    told: list[str] = []
    for url in (*responders, *lists):
        try:
            ask = _by_ocsp if url in responders else _by_list
            return await ask(send, url, leaf, issuer, now)
        except UncheckedError as error:
            told.append(str(error))
    return Revocation("unchecked", "; ".join(dict.fromkeys(told)))


async def _by_ocsp(send: Send, url: str, leaf: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Revocation:
    asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1()).build()  # noqa: S303  RFC 6960 4.3
    headers = Headers({"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"})
    body = await _fetched(send, HttpRequest("POST", url, headers, asked.public_bytes(Encoding.DER)))
    try:
        answer = ocsp.load_der_ocsp_response(body)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise UncheckedError(f"{url} answers {answer.response_status.name.lower()}")
        if answer.serial_number != leaf.serial_number:
            raise UncheckedError(f"{url} answers about another certificate")
        _check_signer(answer, issuer, url, now)
    except ValueError:
        raise UncheckedError(f"{url} answers what is no OCSP") from None
    _check_date(answer.this_update_utc, answer.next_update_utc, url, now)
    if answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise UncheckedError(f"{url} does not know the certificate")
    if answer.certificate_status is ocsp.OCSPCertStatus.GOOD:
        return Revocation("good", f"not revoked, says {url}")
    return _revoked(answer.revocation_time_utc, answer.revocation_reason)


async def _by_list(send: Send, url: str, leaf: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Revocation:
    body = await _fetched(send, HttpRequest("GET", url))
    try:
        pem = body.lstrip().startswith(b"-----BEGIN")
        found = x509.load_pem_x509_crl(body) if pem else x509.load_der_x509_crl(body)
        signed = found.issuer == issuer.subject and found.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
        entry = found.get_revoked_certificate_by_serial_number(leaf.serial_number)
    except (ValueError, TypeError):
        raise UncheckedError(f"{url} holds no list of revoked certificates") from None
    if not signed:
        raise UncheckedError(f"the list at {url} is not signed by the certificate's issuer")
    _check_date(found.last_update_utc, found.next_update_utc, url, now)
    if entry is None:
        return Revocation("good", f"not revoked, says {url}")
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        reason = None
    return _revoked(entry.revocation_date_utc, reason)


def _revoked(when: datetime | None, reason: x509.ReasonFlags | None) -> Revocation:
    date = f" on {when:%Y-%m-%d}" if when else ""
    why = f" ({reason.name.replace('_', ' ')})" if reason else ""
    return Revocation("revoked", f"the certificate was revoked{date}{why}: request another with a new key")


async def _fetched(send: Send, request: HttpRequest) -> bytes:
    try:
        response = await send(request)
    except PeerError as error:
        raise UncheckedError(error.detail or f"{request.url} does not answer") from None
    except ValueError:
        raise UncheckedError(f'the certificate names "{request.url}" for it, which is no address') from None
    if response.status != 200:
        raise UncheckedError(f"{request.url} answers {response.status}")
    return response.body


def _check_date(since: datetime, until: datetime | None, url: str, now: datetime) -> None:
    if since > now + _SKEW or (until is not None and until < now - _SKEW):
        raise UncheckedError(f"what {url} says is not of today")
    if until is None and since < now - _ENDLESS:  # RFC 6960 4.2.2.1: newer information is always there
        raise UncheckedError(f"what {url} says is of {since:%Y-%m-%d}, which is too old")


def _check_signer(answer: ocsp.OCSPResponse, issuer: x509.Certificate, url: str, now: datetime) -> None:
    """RFC 6960 4.2.2.2: the issuer itself, or a certificate it issued for signing such answers."""
    for signer in (issuer, *answer.certificates):
        delegated = signer == issuer or (_issued(signer, issuer) and _may_answer(signer, now))
        if delegated and _is_signed(answer, signer):
            return
    raise UncheckedError(f"what {url} says is not signed by the certificate's issuer")


def _may_answer(signer: x509.Certificate, now: datetime) -> bool:
    try:
        usages = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return (
        ExtendedKeyUsageOID.OCSP_SIGNING in usages and signer.not_valid_before_utc <= now < signer.not_valid_after_utc
    )


def _is_signed(answer: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), answer.signature_hash_algorithm
    if algorithm is None:
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
            return True
    except InvalidSignature:
        return False
    return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _responders(leaf: x509.Certificate) -> list[str]:
    try:
        found = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        each.access_location.value
        for each in found
        if each.access_method == AuthorityInformationAccessOID.OCSP and _is_web(each.access_location)
    ]


def _lists(leaf: x509.Certificate) -> list[str]:
    try:
        points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [name.value for point in points for name in point.full_name or () if _is_web(name)]


def _is_web(name: x509.GeneralName) -> bool:
    return isinstance(name, x509.UniformResourceIdentifier) and name.value.lower().startswith(("http://", "https://"))
