"""What an ACME authority is told on the plain port."""

from aiohttp.test_utils import make_mocked_request

from certs.acme_order import CHALLENGE_PATH
from proxy.fronts.challenges import ChallengeFront
from proxy.fronts.record import Record

RECORD = Record("id")


async def test_a_token_is_answered_exactly_and_only_while_it_is_asked_for() -> None:
    answers = {"ToKen-_1": "ToKen-_1.thumbprint"}
    front = ChallengeFront(answers)
    found = await front.answer(make_mocked_request("GET", f"{CHALLENGE_PATH}ToKen-_1"), RECORD)
    assert (found.status, found.body) == (200, b"ToKen-_1.thumbprint")
    for path in ("token-_1", "", "ToKen-_1/", "../ToKen", "%00"):
        missing = await front.answer(make_mocked_request("GET", CHALLENGE_PATH + path), RECORD)
        assert (missing.status, missing.text) == (404, "there is nothing here\n")
    answers.clear()
    assert (await front.answer(make_mocked_request("GET", f"{CHALLENGE_PATH}ToKen-_1"), RECORD)).status == 404


async def test_only_reading() -> None:
    request = make_mocked_request("POST", f"{CHALLENGE_PATH}x")
    assert (await ChallengeFront({}).answer(request, RECORD)).status == 405
