"""The words of these settings, read at once, so that a mistake in a template or condition is told with its line."""

import re
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from galsync.people.expressions import Condition, ExpressionError, Template
from galsync.people.selection import Sieve
from galsync.people.vocabulary import meant
from protocols.ldap.filters import FilterError, checked
from protocols.model.person import Field

_STAMP: Final = re.compile(r"extensionAttribute(?:[1-9]|1[0-5])")
_CUSTOM: Final = re.compile(r"CustomAttribute(?:[1-9]|1[0-5])")


def _condition(text: str) -> str:
    try:
        Condition.parse(text)
    except ExpressionError as error:
        raise ValueError(str(error)) from None
    return text


def _template(text: str) -> str:
    try:
        Template.parse(text)
    except ExpressionError as error:
        raise ValueError(str(error)) from None
    return text


def _filter(text: str) -> str:
    try:
        checked(text)
    except FilterError as error:
        raise ValueError(f'{error}: write a filter of LDAP, such as "(department=Sales)"') from None
    return text


def _domain(text: str) -> str:
    try:
        Sieve.of(domains=(text,))
    except ValueError:
        raise ValueError(
            f'"{text}" is no domain: write one such as "fabrikam.example", or "*.fabrikam.example"'
        ) from None
    return text


def _stamp(text: str) -> str:
    if not _STAMP.fullmatch(text):
        raise ValueError("a stamp stands in one of extensionAttribute1 to extensionAttribute15")
    return text


def _custom(text: str) -> str:
    if not _CUSTOM.fullmatch(text):
        raise ValueError("a stamp stands in one of CustomAttribute1 to CustomAttribute15")
    return text


def _fields(written: object) -> object:
    for name in written if isinstance(written, dict) else ():
        if str(name) not in [*Field]:
            raise ValueError(f"no field is called {name}{meant(str(name), Field)}")
    return written


Where = Annotated[str, AfterValidator(_condition)]
Text = Annotated[str, AfterValidator(_template)]
LdapFilter = Annotated[str, AfterValidator(_filter)]
SievedDomain = Annotated[str, AfterValidator(_domain)]
ExtensionAttribute = Annotated[str, AfterValidator(_stamp)]
CustomAttribute = Annotated[str, AfterValidator(_custom)]
KnownFields = BeforeValidator(_fields)
"""Before a table by field: a field that is not there is named, with the one that was meant."""
KindWord: TypeAlias = Literal["user", "group", "room", "equipment"]
FormWord: TypeAlias = Literal["mail-contact", "mail-user", "guest", "shared-contact", "contact"]
