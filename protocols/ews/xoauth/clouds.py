"""Where each Microsoft cloud publishes the keys of a tenant, and how the issuers of its tokens name themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ACCESS_CONTROL: Final = "00000001-0000-0000-c000-000000000000"
"""Microsoft's access control service; as the issuer for a tenant it is this id, an @, and the tenant's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Origins without a slash at the end; ``{}`` in an issuer is the tenant's id."""

    login: str
    access_control: str = ""
    authorization_uri: str
    issuers: tuple[str, ...]

    def documents(self, tenant: str) -> tuple[str, ...]:
        """The addresses of the documents that publish the keys of ``tenant``."""
        metadata = (f"{self.access_control}/{tenant}/metadata/json/1",) if self.access_control else ()
        return (*metadata, f"{self.login}/{tenant}/discovery/keys")

    def issuers_of(self, tenant: str) -> frozenset[str]:
        """Every name of whoever issues tokens for ``tenant``."""
        return frozenset(form.format(tenant) for form in self.issuers)

    def key_issuers_of(self, tenant: str) -> frozenset[str]:
        """The same as published beside a key; one that signs for every tenant has a template there."""
        return self.issuers_of(tenant) | self.issuers_of("{tenantid}")


def _cloud(login: str, *, sts: str, authorization: str = "", access_control: str = "") -> Cloud:
    return Cloud(
        login=login,
        access_control=access_control,
        authorization_uri=(authorization or login) + "/common/oauth2/authorize",
        issuers=(f"{ACCESS_CONTROL}@{{}}", sts + "/{}/", login + "/{}/v2.0"),
    )


CLOUDS: Final[Mapping[str, Cloud]] = {
    "global": _cloud(
        "https://login.microsoftonline.com",
        sts="https://sts.windows.net",
        authorization="https://login.windows.net",
        access_control="https://accounts.accesscontrol.windows.net",
    ),
    "gcc-high": _cloud("https://login.microsoftonline.us", sts="https://sts.windows.net"),
    "dod": _cloud("https://login.microsoftonline.us", sts="https://sts.windows.net"),
    "china": _cloud("https://login.partner.microsoftonline.cn", sts="https://sts.chinacloudapi.cn"),
}
"""By the name in the settings. Unconfirmed: Entra ID's own names as issuers (the dedicated hybrid application), and all
of the national clouds."""
