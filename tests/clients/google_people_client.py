"""Drives google-api-python-client through the pages and batches of Google's Directory and People APIs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import google_auth_httplib2  # type: ignore[import-untyped]
import httplib2  # type: ignore[import-untyped]
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

DIRECTORY = "https://www.googleapis.com/auth/admin.directory"
CONTACTS = "https://www.googleapis.com/auth/contacts"
FIELDS = "names,emailAddresses,clientData,memberships,metadata"


@contextmanager
def _api(name: str, version: str, url: str, key_file: dict[str, str], subject: str, scopes: list[str], ca: str) -> Any:
    account: Any = service_account.Credentials
    credentials = account.from_service_account_info(key_file, scopes=scopes, subject=subject)
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(ca_certs=ca, timeout=20))
    with build(name, version, http=http, static_discovery=True, client_options={"api_endpoint": f"{url}/"}) as api:
        yield api


def directory(url: str, key_file: dict[str, str], subject: str, ca: str) -> dict[str, list[Any]]:
    """Everybody, every group with its members by its address, and every room, through all pages."""
    scopes = [f"{DIRECTORY}.{one}.readonly" for one in ("user", "group", "group.member", "resource.calendar")]
    with _api("admin", "directory_v1", url, key_file, subject, scopes, ca) as api:
        users = _all(api.users(), "users", customer="my_customer", maxResults=5)
        groups = _all(api.groups(), "groups", customer="my_customer", maxResults=1)
        members = {
            group["email"]: _all(api.members(), "members", groupKey=group["id"], maxResults=1) for group in groups
        }
        rooms = _all(api.resources().calendars(), "items", customer="my_customer", maxResults=1)
    return {"users": users, "groups": groups, "rooms": rooms, **members}


def contacts(url: str, key_file: dict[str, str], subject: str, ca: str, names: list[str]) -> tuple[list[str], str]:
    """Makes a contact of each name in a group of its own, changes the first, deletes the last; who is there then, and
    what came of changing the first once more as it was."""
    with _api("people", "v1", url, key_file, subject, [CONTACTS], ca) as api:
        group = api.contactGroups().create(body={"contactGroup": {"name": "List"}}).execute()
        member = {"contactGroupMembership": {"contactGroupResourceName": group["resourceName"]}}
        wanted = [{"contactPerson": {"names": [{"givenName": one}], "memberships": [member]}} for one in names]
        batch = api.people()
        made = batch.batchCreateContacts(body={"contacts": wanted, "readMask": FIELDS}).execute()["createdPeople"]
        people = {one["person"]["names"][0]["givenName"]: one["person"] for one in made}
        first, last = people[names[0]], people[names[-1]]
        changed = {**first, "names": [{"givenName": f"{names[0]} 2"}]}
        body = {"contacts": {first["resourceName"]: changed}, "updateMask": "names", "readMask": FIELDS}
        batch.batchUpdateContacts(body=body).execute()
        batch.batchDeleteContacts(body={"resourceNames": [last["resourceName"]]}).execute()
        try:
            batch.batchUpdateContacts(body=body).execute()
            stale = ""
        except HttpError as error:
            stale = f"HTTP {error.status_code}"
        listed = _all(batch.connections(), "connections", resourceName="people/me", personFields=FIELDS, pageSize=1)
    return [one["names"][0]["displayName"] for one in listed], stale


def retitled(
    url: str, key_file: dict[str, str], subject: str, ca: str, name: str, title: str
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """Gives the contact called ``name`` another job title. What it said before, and which contacts a sync token from
    before tells after that."""
    fields = "names,organizations,phoneNumbers,birthdays,biographies,emailAddresses,metadata"
    query = {"resourceName": "people/me", "personFields": fields, "requestSyncToken": True}
    with _api("people", "v1", url, key_file, subject, [CONTACTS], ca) as api:
        people = api.people()
        before = people.connections().list(**query).execute()
        [found] = [one for one in before["connections"] if one["names"][0]["displayName"] == name]
        changed = {**found, "organizations": [{"type": "work", "title": title}]}
        body = {"contacts": {found["resourceName"]: changed}, "updateMask": "organizations", "readMask": fields}
        people.batchUpdateContacts(body=body).execute()
        after = people.connections().list(syncToken=before["nextSyncToken"], **query).execute()
    return found, [one["resourceName"] for one in after["connections"]]


def _all(collection: Any, key: str, **query: Any) -> list[Any]:
    return [one for page in _pages(collection, query) for one in page.get(key, [])]


def _pages(collection: Any, query: dict[str, Any]) -> Iterator[Any]:
    request = collection.list(**query)
    while request is not None:
        page = request.execute()
        yield page
        request = collection.list_next(request, page)
