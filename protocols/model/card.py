"""What one folder of contacts tells another of somebody: names, addresses, telephones, as a contact holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Phone(StrEnum):
    """Which telephone."""

    BUSINESS = "business"
    BUSINESS_2 = "business_2"
    HOME = "home"
    HOME_2 = "home_2"
    MOBILE = "mobile"
    BUSINESS_FAX = "business_fax"
    HOME_FAX = "home_fax"
    PAGER = "pager"
    OTHER = "other"


class Place(StrEnum):
    """Which postal address."""

    BUSINESS = "business"
    HOME = "home"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address; what is not said is "". ``street`` may have several lines (\\n)."""

    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A contact. What is not said is "" or left out; texts have no spaces around, ``notes`` lines ended by \\n.

    ``emails`` are as they were written, in their order, each once whatever its letter case. ``birthday`` may lack its
    year (then 1604, as Outlook and Apple have it). ``categories`` are sorted, each once.
    """

    display_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    surname: str = ""
    nickname: str = ""
    prefix: str = ""
    suffix: str = ""
    company: str = ""
    department: str = ""
    title: str = ""
    office: str = ""
    emails: tuple[str, ...] = ()
    phones: Mapping[Phone, str] = field(default_factory=dict)
    places: Mapping[Place, Address] = field(default_factory=dict)
    birthday: date | None = None
    web_page: str = ""
    notes: str = field(default="", repr=False)
    categories: tuple[str, ...] = ()
    private: bool = False
