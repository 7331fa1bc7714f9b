"""What one of several workers may use: shares of what is a limit for all, and everything where there is one."""

import pytest

from proxy.settings import ProxySettings
from proxy.settings.connectors import IcalConnector
from proxy.settings.shares import share_of

SETTINGS = ProxySettings.model_validate(
    {
        "server": {"public_url": "https://busy.example.com", "certificate": {"kind": "first-run", "directory": "tls"}},
        "connectors": {
            name: {
                "protocol": "ews",
                "url": "https://mail.example.com/EWS/Exchange.asmx",
                "auth": {"kind": "basic", "username": "u", "password": "env:P"},
                "concurrency": number,
            }
            for name, number in (("wide", 10), ("narrow", 1))
        },
    }
)


def test_one_has_it_all() -> None:
    assert share_of(SETTINGS, 1) is SETTINGS


@pytest.mark.parametrize("workers", [2, 3, 4, 16])
def test_together_they_use_what_one_would(workers: int) -> None:
    share = share_of(SETTINGS, workers)
    assert share.cache.memory * workers <= SETTINGS.cache.memory
    assert share.cache.fragments * workers <= SETTINGS.cache.fragments
    assert share.cache.mailboxes == SETTINGS.cache.mailboxes
    wide = share.connectors["wide"].concurrency
    assert 1 <= wide <= max(1, 10 // workers)
    assert share.connectors["narrow"].concurrency == 1


@pytest.mark.parametrize("workers", [2, 3, 16])
def test_what_is_kept_of_published_files_is_divided(workers: int) -> None:
    ical = IcalConnector(protocol="ical", url="https://b.example/{local}.ics", keep=64 * 1024 * 1024)
    share = share_of(SETTINGS.model_copy(update={"connectors": {"files": ical}}), workers).connectors["files"]
    assert isinstance(share, IcalConnector)
    assert ical.keep - workers < share.keep * workers <= ical.keep


@pytest.mark.parametrize("workers", [2, 4, 16])
def test_connections_have_room_for_the_way_they_are_dealt_out(workers: int) -> None:
    share, whole = share_of(SETTINGS, workers).server, SETTINGS.server
    for name in ("connections", "connections_per_address"):
        assert getattr(whole, name) / workers < getattr(share, name) < getattr(whole, name)
    assert share.connections * workers < 1.5 * whole.connections


def test_few_connections_are_never_more_than_they_were() -> None:
    server = SETTINGS.server.model_copy(update={"connections_per_address": 2})
    share = share_of(SETTINGS.model_copy(update={"server": server}), 8)
    assert share.server.connections_per_address == 2
