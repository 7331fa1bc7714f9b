"""What Exchange reads before it brings a token: the 401 challenge, and why a token of Microsoft was wrong."""

from collections.abc import Iterable
from enum import Enum
from typing import Final

from protocols.ews.xoauth.clouds import ACCESS_CONTROL

DIAGNOSTICS: Final = "x-ms-diagnostics"
_TOKEN_TYPES: Final = "app_asserted_user_v1 service_asserted_app_v1"  # noqa: S105  kinds of tokens, no token


class Category(Enum):
    """Exchange's numbers for what is wrong with a token; the value is ``error_category``."""

    INVALID_SIGNATURE = "invalid_signature"
    INVALID_TOKEN = "invalid_token"  # noqa: S105  as below
    TOKEN_EXPIRED = "token_expired"  # noqa: S105  kinds of errors, no tokens
    INVALID_RESOURCE = "invalid_resource"
    INVALID_TENANT = "invalid_tenant"
    INVALID_USER = "invalid_user"
    INVALID_CLIENT = "invalid_client"
    INTERNAL_ERROR = "internal_error"
    INVALID_GRANT = "invalid_grant"


_IDS: Final = {category: 2_000_000 + number for number, category in enumerate(Category)}


def is_probe(authorization: str) -> bool:
    """Whether ``authorization`` is ``Bearer`` with nothing behind it: the client asks for the challenge (4.6)."""
    return authorization.strip().lower() == "bearer"


def challenge(*, client_id: str, tenants: Iterable[str], authorization_uri: str, error: str = "") -> str:
    """The value of ``WWW-Authenticate`` that makes Exchange bring a token for ``client_id`` (4.6).

    ``tenants`` are the ids of those whose tokens are believed; ``error`` is of RFC 6750 3.1, where a token was wrong.
    """
    parts = {
        "client_id": client_id,
        "trusted_issuers": ",".join(f"{ACCESS_CONTROL}@{tenant}" for tenant in tenants),
        "token_types": _TOKEN_TYPES,
        "authorization_uri": authorization_uri,
        "error": error,
    }
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in parts.items() if value)


def diagnostics(category: Category, reason: str) -> str:
    """The value of ``x-ms-diagnostics``; ``reason`` is constant text without quotes, never anything that was sent."""
    return f'{_IDS[category]};reason="{reason}";error_category="{category.value}"'
