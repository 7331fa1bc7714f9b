"""Tests of galsync/settings/clouds.py."""

from typing import get_args

import pytest

from galsync.entries import Form
from galsync.settings.clouds import ExchangeOnlineDirectory, GoogleDirectory, GraphDirectory, StaffExportDirectory
from tests.galsync.settings.estate import DIRECTORIES, wrong


def test_what_a_tenant_takes_is_never_guessed() -> None:
    assert GraphDirectory.usual is None
    assert set(GraphDirectory.writes) == {Form.CONTACT, Form.GUEST}
    assert GoogleDirectory.usual is Form.SHARED_CONTACT


def test_one_proof_of_two() -> None:
    both = DIRECTORIES["graph"] | {"certificate": "file:contoso.pem"}
    assert "exactly one" in wrong(GraphDirectory, both)[0]


def test_the_stamp_of_a_guest_is_checked() -> None:
    assert "extensionAttribute1 to" in wrong(GraphDirectory, DIRECTORIES["graph"] | {"stamp": "notes"})[0]


def test_a_staff_export_is_read_or_filled() -> None:
    assert StaffExportDirectory.reads
    assert StaffExportDirectory.writes == (StaffExportDirectory.usual,) == (Form.CONTACT,)
    assert "is no address" in wrong(StaffExportDirectory, DIRECTORIES["export"] | {"mailbox": "x"})[0]


def test_whom_google_acts_as_must_be_written() -> None:
    told = wrong(GoogleDirectory, {"protocol": "google", "service_account": "file:key.json"})
    assert [each.partition(":")[0] for each in told] == ["subject"]


def test_what_is_undocumented_is_named_so() -> None:
    (protocol,) = get_args(ExchangeOnlineDirectory.model_fields["protocol"].annotation)
    assert "undocumented" in protocol
    assert "undocumented" in (ExchangeOnlineDirectory.__doc__ or "")


@pytest.mark.parametrize(("cloud", "host"), [("global", "office365.com"), ("gcc-high", "office365.us")])
def test_exchange_online_lives_where_the_cloud_does(cloud: str, host: str) -> None:
    told = {"protocol": "exchange-online-undocumented", "tenant": "b.example", "client_id": "c", "secret": "env:X"}
    found = ExchangeOnlineDirectory.model_validate({**told, "cloud": cloud})
    assert found.exchange == f"https://outlook.{host}"
    there = ExchangeOnlineDirectory.model_validate({**told, "exchange_url": "https://exchange.b.example"})
    assert there.exchange == "https://exchange.b.example"
