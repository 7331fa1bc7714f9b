"""What Exchange refuses is refused, with its codes, at its limits."""

import pytest

from tests.simulation.exchange.asking import ADDRESS, Asker, question


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (question(), ["fault ErrorMailboxDataArrayEmpty"]),
        (question(*[ADDRESS] * 101), ["fault ErrorMailboxDataArrayTooBig"]),
        (question(*[ADDRESS] * 100), ["NoError"] * 100),
        (question(ADDRESS, end="2026-11-23T00:00:00"), ["fault ErrorInvalidTimeInterval"]),
        (question(ADDRESS, end="2027-01-26T00:00:00"), ["fault ErrorTimeIntervalTooBig"]),
        (question(ADDRESS, end="2027-01-25T00:00:00"), ["NoError"]),
        (question(ADDRESS, interval=4), ["fault ErrorInvalidMergedFreeBusyInterval"]),
        (question(ADDRESS, interval=1440), ["NoError"]),
        (question(ADDRESS, end="2026-11-24T23:00:00", interval=1440), ["fault ErrorInvalidMergedFreeBusyInterval"]),
        (question(ADDRESS, view="None"), ["fault ErrorInvalidFreeBusyViewType"]),
        (question(ADDRESS, zone=""), ["fault ErrorTimeZone"]),
        (question(ADDRESS)[:-20], ["fault ErrorSchemaValidation"]),
        (question(ADDRESS).replace(b"GetUserAvailabilityRequest", b"GetFolder"), ["fault ErrorInvalidOperation"]),
        (question("nobody@fabrikam.example", f"SMTP:{ADDRESS}"), ["ErrorMailRecipientNotFound", "NoError"]),
        (question("anna.schneider@contoso.example"), ["ErrorMailRecipientNotFound"]),
        (question("dispatch@fabrikam.example", end="2027-01-23T00:00:00"), ["ErrorResultSetTooBig"]),
    ],
)
async def test_limits_and_codes(asker: Asker, body: bytes, codes: list[str]) -> None:
    assert await asker.codes(body) == codes
