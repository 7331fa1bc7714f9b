"""[server.certificate]: how the proxy proves who it is."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from proxy.settings.words import Section


class CertificateFiles(Section):
    """A certificate from files: the leaf first, then every intermediate."""

    kind: Literal["files"] = Field(description="certificate and key lie in PEM files")
    chain: Path = Field(description="the certificate and its intermediates", examples=["busyline-chain.pem"])
    key: Path = Field(description="the private key, without a passphrase", examples=["busyline-key.pem"])


class CertificateFirstRun(Section):
    """A certificate that Busyline issues itself on the first run, for trying out and for machines that trust its CA."""

    kind: Literal["first-run"] = Field(description="Busyline issues its own certificate on the first run")
    directory: Path = Field(description="where CA, certificate and keys are kept", examples=["certificates"])


class CertificateNone(Section):
    """Plain HTTP: on loopback, or behind a proxy that ends TLS."""

    kind: Literal["none"] = Field(description="plain HTTP, for a proxy in front that ends TLS")


Certificate: TypeAlias = Annotated[
    CertificateFiles | CertificateFirstRun | CertificateNone, Field(discriminator="kind")
]
