"""Tests of console/persons.py."""

from console.persons import Wanted, all_wanted
from galsync.settings import GalsyncSettings
from galsync.settings.clouds import StaffExportDirectory
from tests.galsync.settings.estate import DIRECTORIES


def test_who_has_to_sign_in() -> None:
    person = DIRECTORIES["export"] | {"person": True, "secret": None}
    read = GalsyncSettings.model_validate({"directories": DIRECTORIES | {"shared": person}})
    read.directories["other"] = StaffExportDirectory.model_validate(person | {"account": "x@tailspin.example"})
    assert all_wanted(read.directories).pop("other").account == "x@tailspin.example"
    assert all_wanted(read.directories)["other"].what == "account"
    del read.directories["other"]
    assert all_wanted(read.directories) == {
        "account": Wanted(account="jack@northwind.example", client_id="desktop", what="account"),
        "shared": Wanted(account="export@tailspin.example", client_id="c", what="mailbox"),
    }
