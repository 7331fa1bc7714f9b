"""Tests of galsync/settings/pairs.py."""

from typing import Any

import pytest

from galsync.settings.pairs import PairSettings
from tests.galsync.settings.estate import wrong

SOURCE = {"directory": "a", "domain": "a.example", "exchange": "a-exchange"}
DESTINATION = {"directory": "b", "domain": "B.example", "exchange": "b-exchange"}
PAIR: dict[str, Any] = {"name": "merger", "source": SOURCE, "destination": DESTINATION}


def test_the_narrow_defaults() -> None:
    pair = PairSettings.model_validate(PAIR)
    assert (pair.contacts, pair.distribution_lists, pair.groups) == (True, False, False)
    assert (pair.sharing, pair.detail, pair.individual, pair.accounts) == ("policy", "availability", None, None)
    assert (pair.routes, pair.account_domain) == (None, "")
    assert [end.domain for end in pair.ends] == ["a.example", "b.example"]


def test_where_accounts_are_made() -> None:
    accounts = {"licences": ["SPE_E3"], "usage_location": "DE"}
    assert PairSettings.model_validate({**PAIR, "accounts": accounts}).account_domain == "b.example"
    elsewhere = {**accounts, "domain": "c.example"}
    assert PairSettings.model_validate({**PAIR, "accounts": elsewhere}).account_domain == "c.example"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"destination": {**DESTINATION, "directory": "a"}}, "source and destination have one directory"),
        ({"destination": {**DESTINATION, "domain": "a.example"}}, "source and destination have one domain"),
        ({"destination": {**DESTINATION, "exchange": "a-exchange"}}, "source and destination have one exchange"),
        ({"routes": True}, "routes need a connector in source and in destination"),
        ({"sharing": "none", "individual": {}}, "individual goes with sharing"),
        ({"accounts": {"licences": [], "usage_location": "DE"}}, "write at least one"),
        ({"accounts": {"licences": ["A"], "usage_location": "de"}}, "should match pattern"),
        ({"name": "a/b"}, "not a name"),
        ({"group_address": "{local}@b.example"}, "write distribution_lists or groups = true"),
        ({"sharing": "all"}, "Input should be"),
    ],
)
def test_what_is_wrong(more: dict[str, Any], words: str) -> None:
    assert words in "; ".join(wrong(PairSettings, {**PAIR, **more}))
