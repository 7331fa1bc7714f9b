"""The token endpoint: both ways of showing a secret, every refusal of RFC 6749 5.2, and what a token then opens."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import aiohttp
import pytest

from proxy.wiring import Proxy
from tests.proxy.served import EWS, PASSWORD, XML, configuration, login, question, serving

PATH = "/oauth/token"
CLIENT = "north wind+interop:1"  # everything that RFC 6749 2.3.1 encodes
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
GRANT = {"grant_type": "client_credentials"}
POSTED = {**GRANT, "client_id": CLIENT, "client_secret": PASSWORD}


def _settings(**more: Any) -> dict[str, Any]:
    caller = {"oauth": {"client_id": CLIENT, "secret": "file:interop.hash"}, **more}
    return configuration(**caller)


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    """One caller that may sign in by Basic and fetch tokens."""
    async with serving(tmp_path, settings=_settings()) as proxy:
        yield proxy


class Answer:
    """Status, headers and JSON of an answer."""

    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> dict[str, Any]:
        """The whole document."""
        document: dict[str, Any] = json.loads(self.body)
        return document

    @property
    def told(self) -> tuple[int, str]:
        """Status and error."""
        return self.status, self.json["error"]


async def _ask(proxy: Proxy, body: bytes | str, headers: dict[str, str] | None = None, method: str = "POST") -> Answer:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, proxy.url + PATH, data=body, headers=FORM | (headers or {})) as response,
    ):
        return Answer(response.status, response.headers, await response.read())


async def _form(proxy: Proxy, form: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
    return await _ask(proxy, urlencode(form), headers)


def _basic(name: str = CLIENT, secret: str = PASSWORD) -> dict[str, str]:
    return login(quote_plus(name), quote_plus(secret))


async def _busy(proxy: Proxy, authorization: str) -> tuple[int, bytes]:
    headers = XML | {"Authorization": authorization}
    async with (
        aiohttp.ClientSession() as session,
        session.post(proxy.url + EWS, data=question("ann@fabrikam.example"), headers=headers) as response,
    ):
        return response.status, await response.read()


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        (POSTED, {}),
        (POSTED | {"scope": "a:b/.default c"}, {}),
        (POSTED | {"scope": "", "resource": "x"}, {}),
        (GRANT, _basic()),
        (GRANT | {"client_id": CLIENT}, _basic()),
    ],
)
async def test_a_client_that_proves_itself_gets_a_token_that_opens_ews(
    proxy: Proxy, form: dict[str, str], headers: dict[str, str]
) -> None:
    answer = await _form(proxy, form, headers)
    assert (answer.status, answer.headers["Cache-Control"], answer.headers["Pragma"]) == (200, "no-store", "no-cache")
    assert answer.headers["Content-Type"].startswith("application/json")
    token = answer.json.pop("access_token")
    rest = {name: value for name, value in answer.json.items() if name != "access_token"}
    scope = {"scope": form["scope"]} if form.get("scope") else {}
    assert rest == {"token_type": "Bearer", "expires_in": 3_600} | scope
    status, body = await _busy(proxy, f"Bearer {token}")
    assert status == 200
    assert b"<BusyType>Busy" in body.replace(b"t:", b"")


async def test_google_finds_the_token_by_name_and_sends_it_as_the_second_word(proxy: Proxy) -> None:
    """A form with client_id and client_secret; of the answer nothing but access_token is read."""
    token = (await _form(proxy, POSTED)).json["access_token"]
    assert (await _busy(proxy, f"Bearer {token}"))[0] == 200
    assert (await _busy(proxy, f"Bearer {token}x"))[0] == 401


@pytest.mark.parametrize("form", [POSTED | {"client_secret": "wrong"}, POSTED | {"client_id": "nobody"}])
async def test_a_wrong_secret_and_an_unknown_client_are_told_alike(proxy: Proxy, form: dict[str, str]) -> None:
    answer = await _form(proxy, form)
    assert answer.told == (401, "invalid_client")
    assert "WWW-Authenticate" not in answer.headers
    assert (await _form(proxy, POSTED | {"client_id": "other", "client_secret": "x"})).body == answer.body


async def test_a_wrong_secret_by_header_is_challenged(proxy: Proxy) -> None:
    answer = await _form(proxy, GRANT, _basic(secret="wrong"))
    assert answer.told == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Busyline"'


@pytest.mark.parametrize(
    ("form", "headers", "told"),
    [
        ({}, {}, (401, "invalid_client")),
        (GRANT, {}, (401, "invalid_client")),
        (GRANT | {"client_id": CLIENT}, {}, (401, "invalid_client")),
        (POSTED | {"client_secret": ""}, {}, (401, "invalid_client")),
        (GRANT, {"Authorization": "Bearer x"}, (401, "invalid_client")),
        (GRANT, {"Authorization": "Basic !"}, (401, "invalid_client")),
        (GRANT, {"Authorization": "Basic " + base64.b64encode(b"nocolon").decode()}, (401, "invalid_client")),
        (GRANT, {"Authorization": "Basic " + base64.b64encode(b"a%FF:b").decode()}, (401, "invalid_client")),
        (GRANT, {"Authorization": "Basic " + "QQ" * 600}, (401, "invalid_client")),
        (POSTED, _basic(), (400, "invalid_request")),
        (GRANT | {"client_id": "other"}, _basic(), (400, "invalid_request")),
        ({name: POSTED[name] for name in ("client_id", "client_secret")}, {}, (400, "invalid_request")),
        (POSTED | {"grant_type": "password"}, {}, (400, "unsupported_grant_type")),
        (POSTED | {"grant_type": "refresh_token"}, {}, (400, "unsupported_grant_type")),
        (POSTED | {"scope": 'a"b'}, {}, (400, "invalid_scope")),
        (POSTED | {"scope": "a\r\nb"}, {}, (400, "invalid_scope")),
    ],
)
async def test_what_is_wrong_is_told_by_its_code(
    proxy: Proxy, form: dict[str, str], headers: dict[str, str], told: tuple[int, str]
) -> None:
    answer = await _form(proxy, form, headers)
    assert answer.told == told
    assert answer.headers["Cache-Control"] == "no-store"
    assert "wrong" not in answer.json["error_description"]  # nobody was asked about a secret
    assert PASSWORD.encode() not in answer.body


@pytest.mark.parametrize("twice", ["client_id", "client_secret", "grant_type", "scope"])
async def test_a_parameter_that_comes_twice_is_refused(proxy: Proxy, twice: str) -> None:
    form = urlencode(POSTED | {"scope": "x"})
    same = urlencode({twice: (POSTED | {"scope": "x"})[twice]})
    assert (await _ask(proxy, f"{form}&{same}")).told == (400, "invalid_request")


@pytest.mark.parametrize("body", ["a=%FF", "&".join("a" + str(n) for n in range(40)), "é=1".encode(), b"\xff=1"])
async def test_a_form_that_cannot_be_read_is_refused(proxy: Proxy, body: bytes | str) -> None:
    assert (await _ask(proxy, body)).told == (400, "invalid_request")


async def test_a_large_form_is_not_read(proxy: Proxy) -> None:
    assert (await _ask(proxy, "a=" + "x" * 20_000)).told == (413, "invalid_request")


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/xml", ""])
async def test_only_a_form_is_read(proxy: Proxy, content_type: str) -> None:
    answer = await _ask(proxy, urlencode(POSTED), {"Content-Type": content_type})
    assert answer.told == (400, "invalid_request")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
async def test_only_post_is_allowed(proxy: Proxy, method: str) -> None:
    answer = await _ask(proxy, "", method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


async def test_a_secret_in_the_address_counts_for_nothing(proxy: Proxy) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{proxy.url}{PATH}?{urlencode(POSTED)}", data=b"", headers=FORM) as response,
    ):
        assert response.status == 401


async def test_who_guesses_is_slowed_and_the_caller_still_gets_in(proxy: Proxy) -> None:
    assert (await _form(proxy, POSTED)).status == 200
    told = [await _form(proxy, POSTED | {"client_secret": f"guess {number}"}) for number in range(12)]
    assert told[0].told == (401, "invalid_client")
    assert told[-1].status == 429
    assert int(told[-1].headers["Retry-After"]) >= 1
    assert told[-1].json["error"] == "temporarily_unavailable"
    assert (await _form(proxy, POSTED)).status == 200


async def test_the_endpoint_is_not_there_without_a_caller_for_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as proxy:
        assert (await _form(proxy, POSTED)).status == 404
    assert not (tmp_path / "tokens").exists()


async def test_a_restart_invalidates_no_token(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings()) as proxy:
        token = (await _form(proxy, POSTED)).json["access_token"]
    async with serving(tmp_path, settings=_settings()) as proxy:
        assert (await _busy(proxy, f"Bearer {token}"))[0] == 200


async def test_a_caller_that_lost_its_client_id_lost_its_tokens(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings()) as proxy:
        token = (await _form(proxy, POSTED)).json["access_token"]
    settings = configuration()
    settings["callers"].append(
        {"name": "other", "oauth": {"client_id": "x", "secret": "file:interop.hash"}, "may_ask": ["*"]}
    )
    async with serving(tmp_path, settings=settings) as proxy:
        assert (await _busy(proxy, f"Bearer {token}"))[0] == 401


async def test_a_caller_from_elsewhere_gets_no_token(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings(networks=["203.0.113.0/24"])) as proxy:
        assert (await _form(proxy, POSTED)).told == (403, "unauthorized_client")


async def test_the_lifetime_is_that_of_the_settings(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings() | {"tokens": {"lifetime": "10m"}}) as proxy:
        assert (await _form(proxy, POSTED)).json["expires_in"] == 600


async def test_over_its_rate_a_caller_gets_no_token(tmp_path: Path) -> None:
    async with serving(tmp_path, settings=_settings(rate=0.1)) as proxy:
        assert (await _form(proxy, POSTED | {"client_secret": "wrong"})).status == 401  # which counts for nobody
        assert (await _form(proxy, POSTED)).status == 200
        answer = await _form(proxy, POSTED)
        assert answer.told == (429, "temporarily_unavailable")
        assert 1 <= int(answer.headers["Retry-After"]) <= 10
