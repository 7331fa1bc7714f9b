"""[server.certificate]: how the proxy proves who it is."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field

from protocols.model.mailbox import canonical_domain
from service.secrets import SecretReference
from service.words import FilePath, Section, Url

LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory"


def _name(text: str) -> str:
    if text.startswith("*."):
        raise ValueError(f'"{text}": http-01 proves single names only: write each host')
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return canonical_domain(text)
    except ValueError:
        raise ValueError(f'"{text}" is no host name: write one such as "busy.example.com"') from None


def _email(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or set(" \t<>,") & set(text):
        raise ValueError(f'"{text}" is no address: write one such as "certificates@example.com"')
    return text


def _agreed(agreed: bool) -> bool:
    if not agreed:
        raise ValueError("the authority issues only to who agrees to its terms: read them, then write true")
    return agreed


class CertificateFiles(Section):
    """A certificate from files: the leaf first, then every intermediate."""

    kind: Literal["files"] = Field(description="certificate and key lie in PEM files, watched for new ones")
    chain: FilePath = Field(description="the certificate and its intermediates", examples=["busyline-chain.pem"])
    key: FilePath = Field(description="the private key, without a passphrase", examples=["busyline-key.pem"])


class CertificatePfx(Section):
    """A certificate from one PKCS#12 file (.pfx, .p12), as Windows exports it."""

    kind: Literal["pfx"] = Field(description="certificate, intermediates and key lie in one PFX file, which is watched")
    file: FilePath = Field(description="the PFX file", examples=["busyline.pfx"])
    password: SecretReference | None = Field(
        None, description="the password it was exported with", examples=["file:pfx.txt"]
    )


class ExternalAccount(Section):
    """An account that the authority knows already (RFC 8555 7.3.4), where it asks for one."""

    kid: str = Field(min_length=1, description="the key identifier that the authority gave", examples=["kid-1"])
    key: SecretReference = Field(description="the key it gave, in base64url", examples=["file:acme-account.key"])


class CertificateAcme(Section):
    """A certificate that an authority issues and renews by ACME, proved by http-01 on plain_listen."""

    kind: Literal["acme"] = Field(description="an authority such as Let's Encrypt issues and renews it")
    directory: Path = Field(description="where account key and certificate are kept", examples=["acme"])
    terms_agreed: Annotated[bool, AfterValidator(_agreed)] = Field(
        description="you agree to the authority's terms", examples=[True]
    )
    directory_url: Url = Field(LETS_ENCRYPT, description="the authority's directory (RFC 8555 7.1.1)")
    email: Annotated[str, AfterValidator(_email)] | None = Field(
        None, description="whom the authority warns", examples=["certificates@example.com"]
    )
    names: tuple[Annotated[str, AfterValidator(_name)], ...] = Field(
        (), description="host names of the certificate; the host of public_url where none are written"
    )
    algorithm: Literal["rsa", "ecdsa"] = Field("rsa", description='kind of key; old Windows servers read "rsa" only')
    ca: FilePath | None = Field(None, description="a private CA that signed the authority's own web server (PEM)")
    external_account: ExternalAccount | None = Field(None, description="an account the authority knows already")


class CertificateFirstRun(Section):
    """A certificate that Busyline issues itself on the first run, for trying out and for machines that trust its CA."""

    kind: Literal["first-run"] = Field(description="Busyline issues its own certificate on the first run")
    directory: Path = Field(description="where CA, certificate and keys are kept", examples=["certificates"])


class CertificateNone(Section):
    """Plain HTTP: on loopback, or behind a proxy that ends TLS."""

    kind: Literal["none"] = Field(description="plain HTTP, for a proxy in front that ends TLS")


Certificate: TypeAlias = Annotated[
    CertificateFiles | CertificatePfx | CertificateAcme | CertificateFirstRun | CertificateNone,
    Field(discriminator="kind"),
]
