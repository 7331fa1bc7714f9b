"""The short form: every input that is kept, and changes of it by a fixed seed, through each target without atheris."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from protocols.ews.wssecurity.verdict import judge, weigh
from protocols.ews.xoauth.keys import read_keys
from protocols.ews.xoauth.token import proved, shown
from protocols.model.freebusy import Reason, Unavailable
from proxy.auth import Knock
from proxy.auth.oidc import OidcTokens
from tests.fuzz import corpus, world
from tests.fuzz.mutations import mutated
from tests.fuzz.promises import Defect
from tests.fuzz.seeds import dictionary, seeds
from tests.fuzz.targets import TARGETS, ewsdecoder
from tests.fuzz.watch import Hang, timed
from tests.house.tree import shipped

CHANGES = 4  # of each input


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_kept_breaks_no_promise_nor_do_its_changes(name: str) -> None:
    target, chance = TARGETS[name], random.Random(20261120)
    check = timed(target.check)
    for data in (*seeds(name), *corpus.kept(name)):
        check(data)
        for _ in range(CHANGES):
            check(mutated(data, chance, target.longest))


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_there_and_small(name: str) -> None:
    inputs = corpus.kept(name)
    assert 0 < len(inputs) <= corpus.MOST_INPUTS
    assert sum(map(len, inputs)) <= corpus.MOST_BYTES


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_many_and_the_dictionary_has_words(name: str) -> None:
    assert len(seeds(name)) >= 5
    assert dictionary(name).count(b"\n") >= 20


def test_the_corpus_has_a_target_for_each_of_its_folders() -> None:
    folders = {name.split("/")[3] for name in shipped() if name.startswith("tests/fuzz/corpus/")}
    assert folders <= set(TARGETS)


def test_an_input_that_takes_too_long_is_seen() -> None:
    times = iter([0.0, 2.5, 3.0, 4.5, 5.0, 7.0])
    with pytest.raises(Hang, match=r"3 bytes took 1\.50 s"):
        timed(lambda _: None, clock=lambda: next(times))(b"abc")


def test_an_input_beside_which_the_machine_was_away_is_none() -> None:
    times = iter([0.0, 2.5, 3.0, 3.5])
    timed(lambda _: None, clock=lambda: next(times))(b"abc")
    assert next(times, None) is None


def test_a_reader_that_disagrees_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.targets.decode_familiar", lambda _: "something else")
    with pytest.raises(Defect):
        ewsdecoder(seeds("ewsdecoder")[0])


def test_changes_are_the_same_for_the_same_seed_and_no_longer_than_allowed() -> None:
    data = seeds("ewsdecoder")[0]
    once, again = ([mutated(data, chance, 500) for _ in range(50)] for chance in (random.Random(1), random.Random(1)))
    assert once == again
    assert len(set(once)) > 10
    assert max(map(len, once)) <= 500


def test_an_input_is_named_by_its_digest(tmp_path: Path) -> None:
    folder = corpus.prepared("safexml", tmp_path)
    assert len(list(folder.iterdir())) >= len(seeds("safexml"))
    assert {len(path.name) for path in folder.iterdir()} == {16}


@pytest.mark.parametrize("kind", ["soap11", "soap12", "derived"])
def test_what_is_signed_is_believed_so_that_the_fuzzer_gets_behind_the_signature(kind: str) -> None:
    data = (world.PLACE / "wssecurity" / kind).read_bytes()
    verdict = judge(weigh(data, world.DEMANDS, now=world.NOW), world.trust(), world.DEMANDS, now=world.NOW)
    assert verdict.token.person == world.PERSON


def test_genuine_tokens_are_believed() -> None:
    wanted, keys = world.expected()
    actor, _, metadata, outer, own = world.messages("jwt")
    for token, person in ((actor, ""), (outer, world.PERSON)):
        assert proved(shown(token.decode(), wanted), keys, wanted, now=world.SECONDS).person == person
    with pytest.raises(StopIteration) as done:
        world.own_tokens().identify(Knock(f"Bearer {own.decode()}")).send(None)
    assert done.value.value == world.NORTHWIND
    assert read_keys(metadata)


def test_a_genuine_token_of_an_issuer_is_believed() -> None:
    issuer = world.oidc_issuer()
    token = issuer.token(issuer.claims(f"https://{world.HOST}", sub="northwind"))
    assert token.encode() in seeds("oidc")
    ways = OidcTokens([world.oidc_trusted()], clock=lambda: world.SECONDS)
    with pytest.raises(StopIteration) as done:
        ways.identify(Knock(f"Bearer {token}")).send(None)
    assert done.value.value == world.NORTHWIND


NOBODY = Unavailable(mailbox=None, reason=Reason.NO_ROUTE)
PLANTED = {
    "oidc": ("tests.fuzz.trusting._genuine", lambda: "", "did not sign"),
    "multistatus": ("protocols.caldav.multistatus.within", lambda _, reference: reference, "another host"),
    "usersettings": ("protocols.ews.autodiscover.client._trusted", lambda url, _: url, "stays where it may go"),
    "google": ("protocols.google.front._is_certain", lambda *_: True, "doubt is an error"),
    "graph": ("protocols.graph.front_answer._is_certain", lambda *_: True, "doubt is an error"),
    "scheduling": ("protocols.caldav.scheduling.periods_of", lambda _: (), "not told to be free"),
    "propfind": ("tests.fuzz.dialects.PATHS", (), "one response for each thing"),
    "icalendar": ("protocols.caldav.icalendar.union", lambda spans, _: tuple(spans), "doubt"),
    "provider": ("protocols.provider.reading._answer", lambda *_, **__: NOBODY, "one answer for each"),
    "moves": ("tests.fuzz.sources.canonical", str.upper, "every address is one"),
}


def check_all(name: str, inputs: Sequence[bytes]) -> None:
    """Each input through the target."""
    for data in inputs:
        TARGETS[name].check(data)


@pytest.mark.parametrize("name", PLANTED)
def test_a_defect_that_is_planted_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, defect, promise = PLANTED[name]
    monkeypatch.setattr(place, defect)
    with pytest.raises(Defect, match=promise):
        check_all(name, seeds(name))


def test_somebody_else_being_believed_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.trusting.PERSON", "eve@contoso.example")
    with pytest.raises(Defect, match="what its issuer signed"):
        TARGETS["wssecurity"].check((world.PLACE / "wssecurity" / "soap11").read_bytes())
