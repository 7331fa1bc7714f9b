"""Tests of galsync/settings/google_account.py."""

from galsync.settings.google_account import GoogleAccountDirectory
from tests.galsync.settings.estate import DIRECTORIES, wrong


def test_what_has_to_be_written() -> None:
    found = wrong(GoogleAccountDirectory, {"protocol": "google-account"})
    assert {each.partition(":")[0] for each in found} == {"account", "application", "list"}


def test_the_secret_is_not_written_here() -> None:
    application = {"client_id": "x", "secret": "GOCSPX"}
    (found,) = wrong(GoogleAccountDirectory, DIRECTORIES["account"] | {"application": application})
    assert found.startswith("application.secret: ")
    assert "GOCSPX" not in found


def test_the_list_has_a_name() -> None:
    (found,) = wrong(GoogleAccountDirectory, DIRECTORIES["account"] | {"list": ""})
    assert found.startswith("list: ")
