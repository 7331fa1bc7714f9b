"""Tests of console/persons.py."""

from console.configuration import Configuration
from console.persons import Wanted, all_wanted, taken_twice
from galsync.settings.clouds import StaffExportDirectory
from tests.calsync.settings.merger import hub
from tests.galsync.settings.estate import DIRECTORIES
from tests.proxy.served import configuration


def test_who_has_to_sign_in() -> None:
    person = DIRECTORIES["export"] | {"person": True, "secret": None}
    read = Configuration.model_validate(configuration() | {"directories": DIRECTORIES | {"shared": person}})
    read.directories["other"] = StaffExportDirectory.model_validate(person | {"account": "x@tailspin.example"})
    assert all_wanted(read).pop("other").account == "x@tailspin.example"
    assert all_wanted(read)["other"].what == "account"
    del read.directories["other"]
    assert all_wanted(read) == {
        "account": Wanted(account="jack@northwind.example", client_id="desktop", what="account", key="", settings=read),
        "shared": Wanted(account="export@tailspin.example", client_id="c", what="mailbox", key="", settings=read),
    }


def test_of_a_hub_a_spoke_is_called_by_both_names() -> None:
    joined = hub("account", "graph-account")
    directories = {"merger-account": DIRECTORIES["account"]}
    read = Configuration.model_validate(configuration() | {"hubs": [joined]})
    assert {name: (each.key, each.account, each.of_contacts) for name, each in all_wanted(read).items()} == {
        "merger-account": ("hubs[1].spokes.account", "jack@northwind.example", False),
        "merger-graph-account": ("hubs[1].spokes.graph-account", "jack@contoso.example", False),
    }
    assert taken_twice(read) == {}
    both = Configuration.model_validate(configuration() | {"hubs": [joined], "directories": directories})
    assert taken_twice(both) == {"hubs[1].spokes.account": "merger-account"}
    assert all_wanted(both)["merger-account"].key == "directories.merger-account"
