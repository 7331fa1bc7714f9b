"""Our own tokens: who is proved by them, for how long, and everything that makes one worthless."""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from protocols.model.caller import Caller
from proxy.auth import Knock, Proof, Refused
from proxy.auth.own_tokens import EXPIRED, TYPE, WRONG, OwnTokens
from proxy.auth.signing_keys import LEEWAY, SigningKeys

ISSUER = "https://busy.example.com"
NORTHWIND = Caller("northwind", "Northwind", "oauth")
HOUR = timedelta(hours=1)


class Time:
    """A clock that is set by hand."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class World:
    """One directory of keys, and as many nodes as a test makes."""

    def __init__(self, directory: Path) -> None:
        self.time = Time()
        self._directory = directory

    def keys(self) -> SigningKeys:
        """Those of another process."""
        return SigningKeys(self._directory, lifetime=HOUR, rotate=timedelta(days=1), clock=self.time)

    def node(
        self, *, callers: tuple[Caller, ...] = (NORTHWIND,), issuer: str = ISSUER, alone: bool = True
    ) -> OwnTokens:
        """A node that has opened them."""
        known = {caller.name: caller for caller in callers}
        tokens = OwnTokens(self.keys(), issuer=issuer, callers=known, lifetime=HOUR, alone=alone, clock=self.time)
        tokens.open()
        return tokens


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A new one."""
    return World(tmp_path / "tokens")


async def _shown(tokens: OwnTokens, token: str, scheme: str = "Bearer") -> Caller | Refused | None:
    return await tokens.identify(Knock(f"{scheme} {token}"))


def _reason(found: object) -> str:
    assert isinstance(found, Refused)
    assert found.status == 401
    assert found.challenges == ('Bearer realm="Busyline", error="invalid_token"',)
    return found.reason


async def test_a_token_proves_the_caller_it_was_issued_to(world: World) -> None:
    tokens: Proof = (node := world.node())
    token, seconds = node.issue("northwind")
    assert seconds == 3_600
    assert await tokens.identify(Knock(f"Bearer {token}")) == NORTHWIND
    assert tokens.challenge == 'Bearer realm="Busyline"'


async def test_what_a_token_says(world: World) -> None:
    token, _ = world.node().issue("northwind")
    head = jwt.get_unverified_header(token)
    assert (head["alg"], head["typ"]) == ("HS256", TYPE)
    said = jwt.decode(token, options={"verify_signature": False})
    now = int(world.time.now)
    assert len(said.pop("jti")) == 32
    assert said == {"iss": ISSUER, "aud": ISSUER, "sub": "northwind", "iat": now, "nbf": now, "exp": now + 3_600}


async def test_no_two_tokens_are_the_same(world: World) -> None:
    node = world.node()
    assert node.issue("northwind")[0] != node.issue("northwind")[0]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "OAuth", "Token"])
async def test_the_token_is_the_second_word_whatever_the_first(world: World, scheme: str) -> None:
    node = world.node()
    assert await _shown(node, node.issue("northwind")[0], scheme) == NORTHWIND


async def test_a_token_is_good_for_its_time_and_a_little_leeway(world: World) -> None:
    node = world.node()
    token, _ = node.issue("northwind")
    world.time.now += 3_600 + LEEWAY - 1
    assert await _shown(node, token) == NORTHWIND
    world.time.now += 1
    assert _reason(await _shown(node, token)) == EXPIRED  # although it is remembered
    assert _reason(await _shown(world.node(), token)) == EXPIRED


async def test_a_restart_and_another_node_know_the_token(world: World) -> None:
    token, _ = world.node().issue("northwind")
    assert await _shown(world.node(), token) == NORTHWIND


async def test_a_token_outlives_the_key_that_signed_it(world: World) -> None:
    one, other = world.node(), world.node()
    world.time.now += 86_400 - 1
    token, _ = one.issue("northwind")
    world.time.now += 2
    newer, _ = other.issue("northwind")
    assert jwt.get_unverified_header(token)["kid"] != jwt.get_unverified_header(newer)["kid"]
    assert [await _shown(node, each) for node in (one, other) for each in (token, newer)] == [NORTHWIND] * 4


async def test_once_the_keys_are_removed_every_token_issued_is_void_in_the_running_process_too(
    world: World, tmp_path: Path
) -> None:
    node = world.node()
    token, _ = node.issue("northwind")
    assert await _shown(node, token) == NORTHWIND
    (tmp_path / "tokens" / "keys.json").unlink()
    world.time.now += 5
    assert _reason(await _shown(node, token)) == WRONG


async def test_a_caller_that_is_gone_from_the_settings_is_refused(world: World) -> None:
    token, _ = world.node().issue("northwind")
    assert _reason(await _shown(world.node(callers=()), token)) == WRONG


async def test_another_address_of_ours_is_another_issuer(world: World) -> None:
    token, _ = world.node(issuer="https://other.example.com").issue("northwind")
    assert _reason(await _shown(world.node(), token)) == WRONG


def _edited(claims: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {name: value for name, value in (claims | changes).items() if value is not None}


Edit = Callable[[dict[str, Any], dict[str, Any]], None]
SPOILT: dict[str, dict[str, object]] = {
    "no issuer": {"iss": None},
    "other issuer": {"iss": "https://evil.example"},
    "no audience": {"aud": None},
    "other audience": {"aud": "https://evil.example"},
    "one of several audiences": {"aud": [ISSUER, "https://evil.example"]},
    "no subject": {"sub": None},
    "other subject": {"sub": "nobody"},
    "no end": {"exp": None},
    "end in words": {"exp": "never"},
    "end as text": {"exp": "1800003600"},
    "begin as a fraction": {"nbf": 1_800_000_000.5},
    "issue as a fraction": {"iat": 1_800_000_000.5},
    "end as truth": {"exp": True},
    "end as a fraction": {"exp": 1_800_003_600.5},
    "no begin": {"nbf": None},
    "begins later": {"nbf": 1_800_000_000 + int(LEEWAY) + 1},
    "ends before it begins": {"exp": 1_800_000_000, "nbf": 1_800_000_001},
    "no time of issue": {"iat": None},
    "no id": {"jti": None},
}


@pytest.mark.parametrize("case", SPOILT)
async def test_a_claim_that_is_missing_or_wrong_is_refused_even_well_signed(world: World, case: str) -> None:
    node, key = world.node(), None
    token, _ = node.issue("northwind")
    keys = world.keys()
    key = keys.find(jwt.get_unverified_header(token)["kid"])
    assert key is not None
    claims = _edited(jwt.decode(token, options={"verify_signature": False}), **SPOILT[case])
    head = {"typ": TYPE, "kid": key.kid}
    right = jwt.encode(_edited(claims, **dict.fromkeys(SPOILT[case])), key.secret, algorithm="HS256", headers=head)
    assert right != token
    forged = jwt.encode(claims, key.secret, algorithm="HS256", headers=head)
    assert _reason(await _shown(node, forged)) == WRONG


@pytest.mark.parametrize(
    ("head", "more"), [({"typ": "JWT", "x": TYPE}, {}), ({"typ": TYPE}, {"padding": "x" * 4_000})], ids=["type", "size"]
)
async def test_another_type_and_an_excessive_size_are_refused_even_well_signed(
    world: World, head: dict[str, str], more: dict[str, str]
) -> None:
    node = world.node()
    token, _ = node.issue("northwind")
    key = world.keys().find(jwt.get_unverified_header(token)["kid"])
    assert key is not None
    claims = jwt.decode(token, options={"verify_signature": False}) | more
    forged = jwt.encode(claims, key.secret, algorithm="HS256", headers=head | {"kid": key.kid})
    assert _reason(await _shown(node, forged)) == WRONG


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_changed_letter_anywhere_is_refused(world: World, part: int) -> None:
    node = world.node()
    parts = node.issue("northwind")[0].split(".")
    parts[part] = parts[part][:8] + ("A" if parts[part][8] != "A" else "B") + parts[part][9:]
    assert _reason(await _shown(node, ".".join(parts))) == WRONG


@pytest.mark.parametrize("head", [{"alg": "none"}, {"alg": "HS512"}, {"alg": "RS256"}, {"typ": "JWT"}, {"kid": "x"}])
async def test_a_header_that_is_not_ours_is_refused(world: World, head: dict[str, str]) -> None:
    node = world.node()
    first, claims, signature = node.issue("northwind")[0].split(".")
    changed = json.dumps(json.loads(base64.urlsafe_b64decode(first + "==")) | head).encode()
    swapped = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
    assert _reason(await _shown(node, f"{swapped}.{claims}.{signature}")) == WRONG
    assert _reason(await _shown(node, f"{swapped}.{claims}.")) == WRONG


@pytest.mark.parametrize("shown", ["x", "a.b.c", "eyJ.eyJ.xxxxxxxxxxxxxxxxxxxx", "x" * 9_000, "x y", "é.é.é", "\udc80"])
async def test_any_other_bearer_token_is_refused_where_there_is_no_other_kind(world: World, shown: str) -> None:
    assert _reason(await _shown(world.node(), shown)) == WRONG
    assert await _shown(world.node(alone=False), shown) is None


def _head(**more: object) -> str:
    head = json.dumps({"alg": "HS256", "typ": TYPE} | more).encode()
    return base64.urlsafe_b64encode(head).rstrip(b"=").decode()


_DEEP: list[Any] = []
for _ in range(300):
    _DEEP = [_DEEP]


@pytest.mark.parametrize(
    "shown",
    [
        _head() + ".\udc80.x",
        _head() + ".e30.\u00e9",
        _head() + ".e30.e30",
        _head() + ".",
        _head(),
        _head(kid="\u00e9") + ".e30.e30",
        _head(kid=[]) + ".e30.e30",
        _head(x=_DEEP) + ".e30.e30",
        _head(crit=["x"], x=1) + ".e30.e30",
        _head() + "." + "e" * 5_000 + ".e",
    ],
)
async def test_what_only_begins_like_a_token_of_ours_is_refused_as_quietly(world: World, shown: str) -> None:
    assert _reason(await _shown(world.node(), shown)) == WRONG


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic eDp5", "Negotiate a.b.c", "NTLM TlRM"])
async def test_what_is_no_bearer_token_is_left_to_the_other_ways(world: World, authorization: str | None) -> None:
    assert await world.node().identify(Knock(authorization)) is None


async def test_a_token_shown_as_basic_is_no_token(world: World) -> None:
    node = world.node()
    assert await _shown(node, node.issue("northwind")[0], "Basic") is None


def test_beside_microsoft_there_is_one_bearer_challenge_only(world: World) -> None:
    assert world.node(alone=False).challenge == ""


_OTHER_PROCESS = """
import asyncio, sys, time
from datetime import timedelta
from pathlib import Path
from protocols.model.caller import Caller
from proxy.auth import Knock
from proxy.auth.own_tokens import OwnTokens
from proxy.auth.signing_keys import SigningKeys
keys = SigningKeys(Path(sys.argv[1]), lifetime=timedelta(hours=1), rotate=timedelta(days=1), clock=time.time)
tokens = OwnTokens(keys, issuer=sys.argv[2], callers={"northwind": Caller("northwind", "", "oauth")},
                   lifetime=timedelta(hours=1))
tokens.open()
print(tokens.issue("northwind")[0], flush=True)
print(asyncio.run(tokens.identify(Knock("Bearer " + sys.stdin.readline().strip()))).name, flush=True)
"""


def test_two_processes_know_each_others_tokens(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OTHER_PROCESS, str(tmp_path / "tokens"), ISSUER]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    issued = [process.stdout.readline() for process in running if process.stdout]
    said = [process.communicate(token, timeout=60)[0] for process, token in zip(running, reversed(issued), strict=True)]
    assert said == ["northwind\n", "northwind\n"]
