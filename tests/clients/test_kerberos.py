"""Kerberos against a real Active Directory domain (Samba) and a real web server (Apache) before the Exchange."""

import base64
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import TypeAdapter

from protocols.errors import PeerError
from protocols.http import HttpRequest
from protocols.model.freebusy import Answer, Availability, Question, Reason, Unavailable
from protocols.model.mailbox import Mailbox
from protocols.model.window import TimeWindow
from proxy.connector import Leaf
from proxy.settings.connectors import EwsConnector
from proxy.wiring.peers import peer
from service import kerberos
from service.channel_binding import binding
from service.identities import by_keytab
from service.negotiate import Negotiating
from simulation.estate import Estate
from simulation.exchange import ExchangeServer
from simulation.exchange.server import FEDERATION
from tests.clients.apache import apache
from tests.clients.conftest import window_in
from tests.clients.domain import PASSWORD, REALM, SERVICE, USER, Domain, domain
from tests.clients.tls import Authority, authority
from tests.needs import missing, program

pytestmark = pytest.mark.client
ANN = Mailbox.parse("frieda.lang@fabrikam.example")
WEEK = window_in("Europe/Berlin", "autumn")
DAY = TimeWindow(WEEK.start, WEEK.start + (WEEK.end - WEEK.start) / 30)
PRINCIPAL = f"{USER.partition('@')[0]}@{REALM}"


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domain]:
    if not kerberos.is_available():
        missing("the extra kerberos")
    with domain(tmp_path_factory.mktemp("samba")) as found, pytest.MonkeyPatch.context() as environment:
        environment.setenv("KRB5_CONFIG", str(found.krb5_conf))
        environment.setenv("KRB5CCNAME", f"FILE:{found.krb5_conf.parent}/ccache")
        yield found


@asynccontextmanager
async def front(
    estate: Estate, tls: Authority, realm: Domain, *, bound: bool = False
) -> AsyncIterator[tuple[ExchangeServer, str]]:
    """The simulated Exchange, and the address of the Apache before it."""
    async with ExchangeServer(estate) as server:
        with apache(
            server.url, FEDERATION, tls,
            keytab=realm.service_keytab, krb5_conf=realm.krb5_conf, user=PRINCIPAL, bound=bound,
        ) as url:  # fmt: skip
            yield server, f"{url}/EWS/Exchange.asmx"


async def answers(url: str, tls: Authority, directory: Path, auth: dict[str, Any], *, times: int = 1) -> list[Answer]:
    """What a connector with ``auth`` says, asked several times in a row."""
    written = {"protocol": "ews", "url": url, "ca": tls.ca, "concurrency": 1, "deadline": "20s"}
    auth = {"kind": "negotiate", "spn": SERVICE, **auth}
    settings = TypeAdapter(EwsConnector).validate_json(json.dumps({**written, "auth": auth}))
    async with AsyncExitStack() as stack:
        built = await peer("fabrikam", settings, directory, stack)
        leaf = Leaf("fabrikam", built.asks[0], lambda: DAY.start)
        return [(await leaf.lookup([ANN], Question(window=DAY)))[0] for _ in range(times)]


@pytest.mark.parametrize("bound", [False, True])
@pytest.mark.parametrize("way", ["password", "keytab", "first key of the keytab", "cache"])
async def test_kerberos_brings_the_truth(
    estate: Estate, tls: Authority, realm: Domain, tmp_path: Path, way: str, bound: bool
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    auth = {
        "password": {"username": USER, "password": "file:password"},
        "keytab": {"keytab": str(realm.user_keytab), "principal": PRINCIPAL},
        "first key of the keytab": {"keytab": str(realm.user_keytab)},
        "cache": {},
    }[way]
    if way == "cache":
        kinit(realm)
    async with front(estate, tls, realm, bound=bound) as (server, url):
        found = await answers(url, tls, tmp_path, auth, times=3)
    expected = estate.expected(ANN.address, DAY)
    assert [list(each.intervals) for each in found if isinstance(each, Availability)] == [expected] * 3
    assert [call.headers["x-signed-in-as"] for call in server.questions] == [PRINCIPAL] * 3


def kinit(realm: Domain) -> None:
    """A ticket in the process's own credential cache."""
    subprocess.run([program("kinit"), "-k", "-t", realm.user_keytab, PRINCIPAL], check=True, capture_output=True)


async def refusal(estate: Estate, tls: Authority, realm: Domain, tmp_path: Path, auth: dict[str, Any]) -> Unavailable:
    async with front(estate, tls, realm) as (server, url):
        [found] = await answers(url, tls, tmp_path, auth)
    assert server.questions == []
    assert isinstance(found, Unavailable)
    return found


@pytest.mark.parametrize(
    ("auth", "reason", "words"),
    [
        (
            {"username": USER, "password": "file:wrong"},
            Reason.UNAUTHORIZED,
            "password, or the key in the keytab, is wrong",
        ),
        (
            {"username": "nobody@fabrikam.example", "password": "file:wrong"},
            Reason.UNAUTHORIZED,
            "does not know the user",
        ),
        ({"keytab": "service.keytab", "principal": PRINCIPAL}, Reason.UNAUTHORIZED, "holds no key of the principal"),
        ({"keytab": "user.keytab", "spn": "HTTP/elsewhere.example"}, Reason.UNAUTHORIZED, "no service of this name"),
    ],
)
async def test_what_is_wrong_is_told_in_words(
    estate: Estate, tls: Authority, realm: Domain, tmp_path: Path, auth: dict[str, Any], reason: Reason, words: str
) -> None:
    (tmp_path / "wrong").write_text("hunter2")
    for keytab in (realm.service_keytab, realm.user_keytab):
        (tmp_path / keytab.name).write_bytes(keytab.read_bytes())
    found = await refusal(estate, tls, realm, tmp_path, auth)
    assert found.reason is reason
    assert words in found.detail
    assert "hunter2" not in found.detail


async def test_a_server_that_does_not_prove_itself_is_not_believed(
    estate: Estate, tls: Authority, realm: Domain, tmp_path: Path
) -> None:
    """It takes the ticket and answers well, but without the proof that only the service meant can give."""

    async def answer(request: web.BaseRequest) -> web.Response:
        if "Authorization" not in request.headers:
            return web.Response(status=401, headers={"WWW-Authenticate": "Negotiate"})
        return web.Response(text="<whatever/>")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server)
    await site.start()
    [found] = await answers(
        f"https://127.0.0.1:{runner.addresses[0][1]}/", tls, tmp_path, {"keytab": str(realm.user_keytab)}
    )
    await runner.cleanup()
    assert isinstance(found, Unavailable)
    assert "has not proved that it is the one meant" in found.detail


@asynccontextmanager
async def acceptor(tls: Authority, bound_to: bytes, refusals: list[str]) -> AsyncIterator[str]:
    """A server whose Kerberos holds every ticket against the channel of the certificate ``bound_to``."""

    import gssapi

    found = binding(bound_to)
    assert found is not None
    channel = gssapi.raw.ChannelBindings(application_data=found.application_data)

    async def answer(request: web.BaseRequest) -> web.Response:
        token = request.headers.get("Authorization", "").partition(" ")[2]
        if not token:
            return web.Response(status=401, headers={"WWW-Authenticate": "Negotiate"})
        try:
            done = gssapi.raw.accept_sec_context(base64.b64decode(token), channel_bindings=channel)
        except gssapi.raw.GSSError as error:
            refusals.append(type(error).__name__)
            return web.Response(status=401, headers={"WWW-Authenticate": "Negotiate"})
        name = gssapi.raw.display_name(done.initiator_name).name.decode()
        return web.Response(
            text=name, headers={"WWW-Authenticate": f"Negotiate {base64.b64encode(done.token or b'').decode()}"}
        )

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls.server)
    await site.start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("same", [True, False])
async def test_a_ticket_is_bound_to_the_channel_it_is_shown_on(
    tls: Authority, realm: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    """Whoever stands between with another trusted certificate and passes the ticket on gets nowhere."""
    monkeypatch.setenv("KRB5_KTNAME", str(realm.service_keytab))
    bound_to = tls.certificate if same else authority(tmp_path).certificate
    identity = by_keytab(realm.user_keytab, PRINCIPAL, spn=SERVICE)
    refusals: list[str] = []
    async with (
        acceptor(tls, bound_to, refusals) as url,
        Negotiating(identity, url=url, lanes=1, ca=Path(tls.ca)) as wire,
    ):
        if same:
            assert (await wire.send(HttpRequest("POST", url))).body.decode() == PRINCIPAL
        else:
            with pytest.raises(PeerError, match="Extended Protection"):
                await wire.send(HttpRequest("POST", url))
    assert refusals == ([] if same else ["BadChannelBindingsError"])
