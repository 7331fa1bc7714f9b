"""Sync tokens of the simulated People API."""

from typing import Any

import pytest

from simulation.google.contact_sync import ContactSync, ExpiredTokenError, Page

ASKED = {"pageSize": "2", "personFields": "names", "requestSyncToken": "true"}


def people(*keys: str) -> dict[str, dict[str, Any]]:
    return {key: {"resourceName": key, "etag": "1"} for key in keys}


def asked(sync: ContactSync, those: dict[str, dict[str, Any]], **more: str) -> Page:
    return sync.page(those, {**ASKED, **more}, 2)


def test_pages_and_then_what_changed() -> None:
    sync, those = ContactSync(), people("a", "b", "c")
    first = asked(sync, those)
    assert ([each["resourceName"] for each in first.people], first.sync_token) == (["a", "b"], "")
    second = asked(sync, those, pageToken=first.page_token)
    assert ([each["resourceName"] for each in second.people], second.page_token) == (["c"], "")
    those["b"]["etag"] = "2"
    del those["c"]
    third = asked(sync, those, syncToken=second.sync_token)
    assert [each["resourceName"] for each in third.people] == ["b", "c"]
    assert third.people[1]["metadata"] == {"deleted": True}
    assert asked(sync, those, syncToken=third.sync_token).people == []


def test_no_token_where_none_is_wanted() -> None:
    page = ContactSync().page(people("a"), {"personFields": "names"}, 2)
    assert (len(page.people), page.sync_token) == (1, "")


def test_a_token_that_was_forgotten_or_is_for_another_question() -> None:
    sync = ContactSync()
    token = asked(sync, {}).sync_token
    with pytest.raises(ExpiredTokenError):
        asked(sync, {}, syncToken=token, personFields="names,addresses")
    sync.forget()
    with pytest.raises(ExpiredTokenError):
        asked(sync, {}, syncToken=token)
