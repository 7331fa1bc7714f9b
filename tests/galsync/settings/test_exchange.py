"""Tests of galsync/settings/exchange.py."""

from typing import Any

import pytest
from pydantic import BaseModel

from galsync.entries import Form
from galsync.settings.exchange import EwsDirectory, StaffExportEwsDirectory
from service.exchange_sign_in import NtlmAuth
from tests.galsync.settings.estate import DIRECTORIES, wrong


def test_mailboxes_are_written_alone_and_an_export_is_read_or_filled() -> None:
    assert (EwsDirectory.reads, StaffExportEwsDirectory.reads) == (False, True)
    assert EwsDirectory.writes == StaffExportEwsDirectory.writes == (Form.CONTACT,)
    assert EwsDirectory.usual is StaffExportEwsDirectory.usual is Form.CONTACT


def test_the_sign_in_is_written_as_a_connector_s() -> None:
    auth = DIRECTORIES["ews"]["auth"] | {"kind": "ntlm"}
    assert isinstance(EwsDirectory.model_validate(DIRECTORIES["ews"] | {"auth": auth}).auth, NtlmAuth)


def test_what_is_narrow_by_itself() -> None:
    export = StaffExportEwsDirectory.model_validate(DIRECTORIES["export-ews"])
    assert (export.impersonate, export.takes, export.private_network) == (False, (), False)


@pytest.mark.parametrize(
    ("name", "written", "words"),
    [
        ("ews", {"url": "http://mail.fabrikam.example/EWS"}, "not an https address"),
        ("ews", {"auth": {"kind": "kerberos"}}, "'basic', 'ntlm', 'negotiate', 'oauth'"),
        ("ews", {"domains": ["fabrikam example"]}, "is no domain"),
        ("export-ews", {"mailbox": "staff"}, "is no address"),
        ("export-ews", {"takes": ["a/b"]}, "not a name"),
        ("export-ews", {"impersonate": "yes"}, "boolean"),
    ],
)
def test_what_cannot_be_written(name: str, written: dict[str, Any], words: str) -> None:
    kinds: dict[str, type[BaseModel]] = {"ews": EwsDirectory, "export-ews": StaffExportEwsDirectory}
    assert words in wrong(kinds[name], DIRECTORIES[name] | written)[0]
