"""A view shows as much as the asker may see, and what hand computation finds."""

from lxml import etree

from simulation.exchange.server import ASSISTANT
from tests.simulation.exchange.asking import ADDRESS, Asker, question


async def test_blocks_for_the_one_and_details_for_the_other(asker: Asker) -> None:
    _, _, bare = await asker.post(question(ADDRESS))
    _, _, rich = await asker.post(question(ADDRESS), ASSISTANT)
    assert b"<FreeBusyViewType" in bare
    assert b">FreeBusyMerged<" in bare
    assert b"Subject" not in bare
    assert b">DetailedMerged<" in rich
    assert b"<Subject>Stand-up</Subject>" in rich
    assert b"Physiotherapy" not in rich
    assert b"<IsPrivate>true</IsPrivate>" in rich


async def test_the_merged_digits_by_hand(asker: Asker) -> None:
    """Tuesday of number 2 in Berlin: 10:00 stand-up, 11:30 call, 17:00 private, 21:00 the team meeting in New York."""
    _, _, body = await asker.post(question(ADDRESS))
    digits = next(etree.fromstring(body).iter("{*}MergedFreeBusy")).text
    assert digits == "000000000022200002000200"
