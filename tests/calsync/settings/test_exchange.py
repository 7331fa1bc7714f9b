"""Tests of calsync/settings/exchange.py: a folder of a mailbox, or a public one."""

import pytest

from tests.calsync.settings.merger import hub, read, wrong


def test_a_public_folder_is_one_whoever_reaches_it() -> None:
    settings = read(hub("ews", "public", public={"public_folder": "/shared/TEAM/"}))
    assert settings.hubs[0].spokes["public"].place == (
        "ews",
        "mail.fabrikam.example",
        "/ews/exchange.asmx",
        "/shared/team",
    )


@pytest.mark.parametrize(
    ("spoke", "keys", "words"),
    [
        ("public", {"calendar": "Team"}, "not both"),
        ("public", {"public_folder": "Shared/Team"}, "a path from the top"),
        ("ews", {"content_mailbox": "pf@fabrikam.example"}, "content_mailbox is for public folders alone"),
        ("ews", {"deletions_every": "1h"}, "deletions_every is for public folders alone"),
    ],
)
def test_what_does_not_fit_together(spoke: str, keys: dict[str, str], words: str) -> None:
    (told,) = wrong(hub("google", spoke, kind="calendar", **{spoke: keys})).values()
    assert words in told
