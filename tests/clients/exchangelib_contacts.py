"""Drives exchangelib over the contacts of a mailbox: what it reads there, and what it puts there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests.adapters
from exchangelib import BASIC, DELEGATE, Account, Configuration, Contact, Credentials, FailFast
from exchangelib.extended_properties import ExtendedProperty
from exchangelib.folders import Contacts
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress
from exchangelib.protocol import BaseProtocol, Protocol
from exchangelib.version import EXCHANGE_2016, Version


class Stamp(ExtendedProperty):  # type: ignore[misc]
    """The named property that carries our stamps."""

    property_set_id = "9b1f7a3c-6d52-4c0e-8a37-52e1c0d4b6f9"
    property_name = "BusylineStamp"
    property_type = "String"


def read(url: str, mailbox: str, password: str, folder: str, *, ca: str) -> list[dict[str, Any]]:
    """The contacts in a folder below the mailbox's own, by exchangelib's names; ``phones``, ``mail`` and ``place`` by
    their labels."""
    with _account(url, mailbox, password, ca) as account, _stamped():
        return [_told(contact) for contact in (account.contacts / folder).all()]


def write(url: str, mailbox: str, password: str, folder: str, people: list[dict[str, Any]], *, ca: str) -> None:
    """Makes the folder, and a contact for each of ``people`` by exchangelib's names."""
    with _account(url, mailbox, password, ca) as account:
        made = Contacts(parent=account.contacts, name=folder)
        made.save()
        for person in people:
            plain = {key: text for key, text in person.items() if key not in ("mail", "phones", "place")}
            contact = Contact(account=account, folder=made, **plain)
            contact.email_addresses = [EmailAddress(label=key, email=text) for key, text in person["mail"].items()]
            contact.phone_numbers = [
                PhoneNumber(label=key, phone_number=text) for key, text in person["phones"].items()
            ]
            contact.physical_addresses = [PhysicalAddress(label="Business", **person["place"])]
            contact.save()


def change(url: str, mailbox: str, password: str, folder: str, name: str, title: str, *, ca: str) -> None:
    """Gives the contact called ``name`` another job title."""
    with _account(url, mailbox, password, ca) as account:
        [contact] = [each for each in (account.contacts / folder).all() if each.display_name == name]
        contact.job_title = title
        contact.save(update_fields=["job_title"])


def _told(contact: Any) -> dict[str, Any]:
    places = {each.label: each for each in contact.physical_addresses or ()}
    business = places.get("Business")
    return {
        "display_name": contact.display_name,
        "file_as": contact.file_as,
        "company_name": contact.company_name,
        "job_title": contact.job_title,
        "surname": contact.surname,
        "categories": contact.categories,
        "body": contact.body,
        "birthday": contact.birthday,
        "stamp": contact.busyline_stamp,
        "mail": {each.label: each.email for each in contact.email_addresses or () if each.email},
        "phones": {each.label: each.phone_number for each in contact.phone_numbers or () if each.phone_number},
        "place": (business.street, business.city, business.zipcode, business.country) if business else None,
    }


@contextmanager
def _stamped() -> Iterator[None]:
    Contact.register("busyline_stamp", Stamp)
    try:
        yield
    finally:
        Contact.deregister("busyline_stamp")


@contextmanager
def _account(url: str, mailbox: str, password: str, ca: str) -> Iterator[Any]:
    class Trusting(requests.adapters.HTTPAdapter):
        def send(self, request: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
            return super().send(request, **(kwargs | {"verify": ca}))

    previous, BaseProtocol.HTTP_ADAPTER_CLS = BaseProtocol.HTTP_ADAPTER_CLS, Trusting
    config = Configuration(
        service_endpoint=url,
        credentials=Credentials(mailbox, password),
        auth_type=BASIC,
        retry_policy=FailFast(),
        version=Version(EXCHANGE_2016),
    )
    account = Account(mailbox, config=config, autodiscover=False, access_type=DELEGATE)
    try:
        yield account
    finally:
        account.protocol.close()
        Protocol.clear_cache()
        BaseProtocol.HTTP_ADAPTER_CLS = previous
