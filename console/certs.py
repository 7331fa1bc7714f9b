"""`busyline certs`: every certificate that the configuration uses, whom it names, how long it holds, what is wrong."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from rich.text import Text

from certs.objections import REFUSED, Objection, dated, names, objections
from certs.revocation import Revocation, revocation
from console.configuration import Configuration
from console.terminal import FOUND_WRONG, ConfigOption, JsonOption, configured, print_json, screen
from proxy.certificates import Used, used
from service.reach import Reach
from service.wire import Wire

_DAY = timedelta(days=1)
_PATIENCE = timedelta(seconds=5)
_NOT_ASKED: Final = Revocation("unchecked", "nobody was asked (--offline)")
_ANYWHERE: Final = Reach(private_network=True)  # a company's own authority has its lists there; no secret is sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One certificate as it is printed; ``wrong`` will be refused or does not work, ``doubts`` work today."""

    kind: str
    name: str
    key: str
    subject: str = ""
    names: tuple[str, ...] = ()
    issuer: str = ""
    begins: str = ""
    ends: str = ""
    days_left: int | None = None
    public_key: str = ""
    sha256: str = ""
    revocation: str = ""
    wrong: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def command(
    as_json: JsonOption = False,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no authority whether one was revoked.")] = False,
    config: ConfigOption = None,
) -> None:
    """Show every certificate in use and what is wrong with it. Exit code 1 where something is."""
    configuration, directory = configured(config)
    found = asyncio.run(shown(configuration, directory, now=datetime.now(UTC), offline=offline))
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        _print(found)
    if any(each.wrong for each in found):
        raise typer.Exit(FOUND_WRONG)


async def shown(configuration: Configuration, directory: Path, *, now: datetime, offline: bool) -> list[Shown]:
    """All of them, in the order of the file; authorities are asked side by side."""
    all_used = list(used(configuration, directory))
    async with Wire(timeout=_PATIENCE, reach=_ANYWHERE) as wire:

        async def asked(each: Used) -> Revocation | None:
            if not each.own or not each.certificates:
                return None
            if offline:
                return _NOT_ASKED
            return await revocation(wire.send, each.certificates[0], each.certificates[1:], now=now)

        revocations = await asyncio.gather(*map(asked, all_used))
    return [one for each, found in zip(all_used, revocations, strict=True) for one in _rows(each, found, now)]


def _rows(each: Used, found: Revocation | None, now: datetime) -> Iterator[Shown]:
    """One for a chain of ours, one for each authority."""
    if not each.certificates:
        yield Shown(kind=each.kind, name=each.name, key=each.key, wrong=(each.problem,))
    elif each.own:
        leaf = each.certificates[0]  # nobody is shown the chain of what is no server's
        told = objections(each.certificates, now=now, host=each.host) if each.host else _dates(leaf, now)
        yield _row(each, leaf, told, found, now)
    else:
        for certificate in each.certificates:
            yield _row(each, certificate, _dates(certificate, now), None, now)


def _dates(certificate: x509.Certificate, now: datetime) -> list[Objection]:
    found = dated(certificate, now=now)
    return [found] if found else []


def _row(
    each: Used, certificate: x509.Certificate, told: Sequence[Objection], found: Revocation | None, now: datetime
) -> Shown:
    wrong = [objection.words for objection in told if objection.kind in REFUSED]
    if found and found.state == "revoked":
        wrong.append(found.words)
    return Shown(
        kind=each.kind,
        name=each.name,
        key=each.key,
        subject=certificate.subject.rfc4514_string(),
        names=tuple(names(certificate)),
        issuer=certificate.issuer.rfc4514_string(),
        begins=f"{certificate.not_valid_before_utc:%Y-%m-%d}",
        ends=f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        days_left=(certificate.not_valid_after_utc - now) // _DAY,
        public_key=_kind(certificate),
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        revocation="" if found is None else {"unchecked": "not checked: "}.get(found.state, "") + found.words,
        wrong=tuple(wrong),
        doubts=tuple(objection.words for objection in told if objection.kind not in REFUSED),
    )


def _kind(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    return f"ECDSA {key.curve.name}" if isinstance(key, ec.EllipticCurvePublicKey) else "of another kind"


def _print(found: Sequence[Shown]) -> None:
    console = screen()
    for each in found:
        console.print(Text.assemble((f"{each.kind} {each.name}", "bold"), f"  {each.key}"), soft_wrap=True)
        for words, text in _facts(each):
            console.print(f"  {words:<9}{text or '-'}", soft_wrap=True)
        for words in each.wrong:
            console.print(f"  wrong: {words}", style="red", soft_wrap=True)
        for words in each.doubts:
            console.print(f"  {words}", style="yellow", soft_wrap=True)
    wrong = sum(bool(each.wrong) for each in found)
    number = f"{len(found)} certificate" + ("" if len(found) == 1 else "s")
    console.print(f"{number}: " + (f"{wrong} to mend" if wrong else "all in order"), soft_wrap=True)


def _facts(each: Shown) -> Iterator[tuple[str, str]]:
    if each.days_left is None:
        return
    yield "subject", each.subject
    yield "names", ", ".join(each.names)
    yield "issuer", each.issuer
    yield "valid", f"{each.begins} to {each.ends}, {each.days_left} days left"
    yield "key", each.public_key
    yield "SHA-256", each.sha256
    yield "revoked", each.revocation
