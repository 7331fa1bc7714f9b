"""Real clients prove who they are: by Basic in every spelling, after Autodiscover, and by client certificate."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from proxy.auth.client_certificate import pin
from simulation.estate import Estate
from tests.clients import exchangelib_client, node_client
from tests.clients.blocks import Answer, expected
from tests.clients.conftest import SEASONS, window_in
from tests.clients.estate_proxy import OUTSIDE_CALLER, PASSWORD, EstateProxy, estate_proxy
from tests.needs import program
from tests.proxy.auth.issuing import Issued, authority, leaf
from tests.proxy.served import question

pytestmark = [
    pytest.mark.client,
    pytest.mark.asyncio(loop_scope="module"),
    # exchangelib reads times with the methods that Python 3.12 deprecates
    pytest.mark.filterwarnings("ignore:datetime.datetime.utc:DeprecationWarning:exchangelib"),
]
ASKED, ZONE = "frieda.lang@fabrikam.example", "Europe/Berlin"
NAMES = ("interop@northwind.example", "NORTHWIND\\interop", "northwind\\Interop", "Interop@Northwind.Example")
CONTOSO_CA, NORTHWIND_CA, STRANGER = authority("Contoso"), authority("Northwind"), authority("Contoso")
NAMED, PINNED = x509.DNSName("exchange.contoso.example"), ec.generate_private_key(ec.SECP256R1())

_CALLERS = f"""
[[callers]]
name = "northwind"
basic = {{ usernames = ["interop@northwind.example", 'NORTHWIND\\interop'], password = "file:caller.hash" }}
may_ask = ["fabrikam.example"]

[[callers]]
name = "contoso"
certificate = {{ names = ["{NAMED.value}"], pins = ["{pin(leaf(None, key=PINNED).certificate)}"], ca = "contoso.pem" }}
may_ask = ["fabrikam.example"]

[[callers]]
name = "northwind-by-certificate"
certificate = {{ names = ["ews.northwind.example"], ca = "northwind.pem" }}
networks = ["203.0.113.0/24"]
may_ask = ["fabrikam.example"]
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(estate: Estate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EstateProxy]:
    directory = tmp_path_factory.mktemp("logins")
    CONTOSO_CA.write(directory / "contoso.pem")
    NORTHWIND_CA.write(directory / "northwind.pem")
    async with estate_proxy(directory, estate, extra=_CALLERS) as here:
        yield here


def with_exchangelib(here: EstateProxy, url: str, username: str) -> list[Answer]:
    start, end = SEASONS["autumn"]
    return exchangelib_client.free_busy(url, username, PASSWORD, [ASKED], start, end, ZONE, ca=str(here.ca))


def with_node(here: EstateProxy, url: str, username: str) -> list[Answer]:
    start, end = SEASONS["autumn"]
    return node_client.free_busy(url, username, PASSWORD, [ASKED], start, end, ZONE, ca=str(here.ca))


def found_by_exchangelib(here: EstateProxy, username: str) -> str | None:
    found, _ = exchangelib_client.discovered(here.settings_url, username, PASSWORD, ASKED, ca=str(here.ca))
    return found


def found_by_node(here: EstateProxy, username: str) -> str | None:
    return node_client.discovered(here.settings_url, username, PASSWORD, ASKED, ca=str(here.ca))


Asks = Callable[[EstateProxy, str, str], list[Answer]]
Discovers = Callable[[EstateProxy, str], str | None]
CLIENTS: dict[str, tuple[Discovers, Asks]] = {
    "exchangelib": (found_by_exchangelib, with_exchangelib),
    "ews-javascript-api": (found_by_node, with_node),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_discovers_where_to_ask_and_asks_there_under_any_spelling_of_its_name(
    here: EstateProxy, client: str, name: str
) -> None:
    discover, ask = CLIENTS[client]
    url = await asyncio.to_thread(discover, here, name)
    assert url == here.ews_url
    answers = await asyncio.to_thread(ask, here, url, name)
    assert answers == [expected(here.estate, ASKED, window_in(ZONE, "autumn"))]


@dataclass(frozen=True)
class _Curl:
    """Asks about one mailbox with curl; ``shown`` is what it shows of itself."""

    here: EstateProxy
    body: Path

    async def ask(self, *shown: str) -> tuple[int, int]:
        """The status, 0 where the handshake failed, and how many requests it took."""
        written = ["--silent", "--cacert", str(self.here.ca), "--data-binary", f"@{self.body}"]
        written += ["--header", "Content-Type: text/xml; charset=utf-8", "--output", "/dev/null"]
        written += ["--dump-header", "-", *shown, self.here.ews_url]
        command = [program("curl"), *written]
        ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
        statuses = [line.split()[1] for line in ran.stdout.splitlines() if line.startswith("HTTP/")]
        final = [status for status in statuses if status != "100"]
        return (int(final[-1]) if final and ran.returncode == 0 else 0), len(final)


@pytest.fixture
def curl(here: EstateProxy, tmp_path: Path) -> _Curl:
    (tmp_path / "question.xml").write_bytes(question(ASKED))
    return _Curl(here, tmp_path / "question.xml")


@pytest.mark.parametrize("name", NAMES)
async def test_curl_finds_out_by_itself_that_basic_is_wanted(curl: _Curl, name: str) -> None:
    assert await curl.ask("--anyauth", "--user", f"{name}:{PASSWORD}") == (200, 2)
    assert await curl.ask("--basic", "--user", f"{name}:{PASSWORD}") == (200, 1)


async def test_curl_with_a_wrong_password_or_none_is_asked_who_it_is(curl: _Curl) -> None:
    assert (await curl.ask("--anyauth", "--user", f"{OUTSIDE_CALLER}:wrong"))[0] == 401
    assert await curl.ask() == (401, 1)


ACCEPTED = {
    "by name": leaf(CONTOSO_CA, NAMED),
    "by pin": leaf(CONTOSO_CA, x509.DNSName("renewed.contoso.example"), key=PINNED),
}
PROVES_NOBODY = {
    "wrong name": leaf(CONTOSO_CA, x509.DNSName("www.contoso.example")),
    "the name as CN only": leaf(CONTOSO_CA, common_name=NAMED.value),
    "the name from another caller's authority": leaf(NORTHWIND_CA, NAMED),
    "the pin from another caller's authority": leaf(NORTHWIND_CA, key=PINNED),
}
NO_HANDSHAKE = {
    "another authority": leaf(STRANGER, NAMED),
    "no authority": leaf(None, NAMED),
    "expired": leaf(CONTOSO_CA, NAMED, life=timedelta(hours=-1)),
}


@pytest.mark.parametrize("shown", ACCEPTED.values(), ids=list(ACCEPTED))
async def test_a_client_certificate_proves_its_caller(curl: _Curl, tmp_path: Path, shown: Issued) -> None:
    assert await curl.ask("--cert", str(shown.write(tmp_path / "client.pem", key=True))) == (200, 1)


@pytest.mark.parametrize("shown", PROVES_NOBODY.values(), ids=list(PROVES_NOBODY))
async def test_a_certificate_that_proves_nobody_is_a_challenge(curl: _Curl, tmp_path: Path, shown: Issued) -> None:
    assert await curl.ask("--cert", str(shown.write(tmp_path / "client.pem", key=True))) == (401, 1)


@pytest.mark.parametrize("shown", NO_HANDSHAKE.values(), ids=list(NO_HANDSHAKE))
async def test_a_certificate_that_nobody_vouches_for_ends_the_handshake(
    curl: _Curl, tmp_path: Path, shown: Issued
) -> None:
    assert (await curl.ask("--cert", str(shown.write(tmp_path / "client.pem", key=True))))[0] == 0


async def test_a_certificate_does_not_rescue_a_wrong_password_nor_get_in_the_way_of_a_right_one(
    curl: _Curl, tmp_path: Path
) -> None:
    good = str(ACCEPTED["by name"].write(tmp_path / "good.pem", key=True))
    nobodys = str(PROVES_NOBODY["wrong name"].write(tmp_path / "nobodys.pem", key=True))
    assert await curl.ask("--cert", good, "--user", f"{NAMES[0]}:wrong") == (401, 1)
    assert await curl.ask("--cert", nobodys, "--user", f"{NAMES[0]}:{PASSWORD}") == (200, 1)


async def test_a_certificate_from_an_address_that_is_not_the_callers_is_refused(curl: _Curl, tmp_path: Path) -> None:
    shown = leaf(NORTHWIND_CA, x509.DNSName("ews.northwind.example"))
    assert await curl.ask("--cert", str(shown.write(tmp_path / "client.pem", key=True))) == (403, 1)
