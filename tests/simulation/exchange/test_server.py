"""The simulated Exchange lets in whom it knows, and fails as it is told to."""

from simulation.exchange import Account
from simulation.exchange.server import FEDERATION
from simulation.faults import Trouble
from tests.simulation.exchange.asking import ADDRESS, Asker, question


async def test_a_stranger_is_challenged_with_an_empty_answer(asker: Asker) -> None:
    status, response, body = await asker.post(question(ADDRESS), None)
    assert (status, body) == (401, b"")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")
    wrong = Account(FEDERATION.username, "wrong")
    assert (await asker.post(question(ADDRESS), wrong))[0] == 401
    assert (await asker.post(question(ADDRESS), user="FABRIKAM\\busyline"))[0] == 200


async def test_single_mailboxes_and_answers_go_wrong(asker: Asker) -> None:
    faults = asker.server.faults
    faults.addresses[ADDRESS] = "ErrorNoFreeBusyAccess"
    other = "oliver.brandt@fabrikam.example"
    assert await asker.codes(question(ADDRESS, other)) == ["ErrorNoFreeBusyAccess", "NoError"]
    faults.trouble = Trouble.WRONG_ORDER
    assert await asker.codes(question(ADDRESS, other)) == ["NoError", "ErrorNoFreeBusyAccess"]
    faults.trouble = Trouble.WRONG_COUNT
    assert await asker.codes(question(ADDRESS, other)) == ["ErrorNoFreeBusyAccess"]
    faults.trouble = Trouble.TOO_MANY
    assert await asker.codes(question(ADDRESS, other)) == ["ErrorNoFreeBusyAccess", "NoError", "ErrorNoFreeBusyAccess"]
