"""[directories.…] of Active Directory, for Exchange on-premises."""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from galsync.entries import Form
from galsync.settings.words import LdapFilter
from service.durations import Duration
from service.secrets import SecretReference
from service.words import FilePath, Section, Whole


class PasswordSignInSettings(Section):
    """By name and password, inside TLS."""

    kind: Literal["password"]
    user: str = Field(
        min_length=1, description="user@domain or a distinguished name", examples=["svc-busyline@fabrikam.example"]
    )
    password: SecretReference = Field(description="where the password lies", examples=["env:FABRIKAM_AD_PASSWORD"])


class KerberosSignInSettings(Section):
    """By Kerberos: with a keytab, a password, or the tickets that the process already has."""

    kind: Literal["kerberos"]
    principal: str = Field("", description="user@REALM", examples=["svc-busyline@FABRIKAM.EXAMPLE"])
    keytab: FilePath | None = Field(None, description="a keytab", examples=["file:svc-busyline.keytab"])
    password: SecretReference | None = Field(
        None, description="a password instead of a keytab", examples=["env:FABRIKAM_AD_PASSWORD"]
    )

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if self.keytab is not None and self.password is not None:
            raise ValueError("write keytab or password, not both")
        if self.password is not None and not self.principal:
            raise ValueError('a password needs a principal: write principal = "user@REALM"')
        return self


class ActiveDirectory(Section):
    """Active Directory over TLS: its users, groups and rooms; mail contacts, mail users and groups in it."""

    reads: ClassVar[bool] = True
    writes: ClassVar[tuple[Form, ...]] = (Form.MAIL_CONTACT, Form.MAIL_USER, Form.GROUP)
    usual: ClassVar[Form | None] = Form.MAIL_CONTACT

    protocol: Literal["active-directory"]
    host: str = Field(min_length=1, description="a domain controller", examples=["dc1.fabrikam.example"])
    auth: Annotated[PasswordSignInSettings | KerberosSignInSettings, Field(discriminator="kind")] = Field(
        description="how we sign in",
        examples=[{"kind": "password", "user": "svc@fabrikam.example", "password": "env:FABRIKAM_AD_PASSWORD"}],
    )
    security: Literal["ldaps", "starttls"] = Field("ldaps", description="how the line is protected; it always is")
    port: Whole = Field(0, ge=0, le=65_535, description="another port than 636 (ldaps) or 389 (starttls)")
    name: str = Field("", description="the name in its certificate, where that is not host")
    ca: FilePath | None = Field(None, description="a private CA that signed its certificate (PEM)")
    deadline: Duration = Field(timedelta(minutes=2), description="one question and its whole answer may take this long")
    base: str = Field("", description="read below this unit alone", examples=["OU=Staff,DC=fabrikam,DC=example"])
    filter: LdapFilter = Field("", description="read those alone whom this takes", examples=["(department=*)"])
    unit: str = Field("", description="where a sync makes its entries", examples=["OU=Contoso,DC=fabrikam,DC=example"])
    lists: tuple[str, ...] = Field(
        (),
        description="address lists that the entries belong to, by distinguished name; none: Update-Recipient tells",
        examples=[["CN=Default Global Address List,CN=All Global Address Lists,CN=Address Lists Container"]],
    )
    stamp: str = Field(
        "",
        description="another attribute for the stamp than extensionAttribute15 (without Exchange, adminDescription)",
        examples=["extensionAttribute14"],
    )
