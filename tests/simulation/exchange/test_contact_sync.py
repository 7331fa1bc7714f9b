"""What changed in a folder of contacts of the simulated Exchange."""

import pytest
from lxml import etree

from simulation.exchange.contact_items import Item
from simulation.exchange.contact_sync import ContactSync, holds
from simulation.exchange.soap import SoapFault
from tests.protocols.ews.test_card_fields import parsed


def told(sync: ContactSync, items: dict[str, Item], state: str = "", most: int = 512) -> tuple[list[str], str, bool]:
    """The changes as ``Word id``, the state, and whether it is the last part."""
    text = sync.told("f", items, state, most)
    assert text is not None
    answer = parsed(f"<m:A>{text}</m:A>")
    changes = [(each, next(each.iter("{*}ItemId"))) for each in answer[2]]
    words = [f"{etree.QName(each).localname} {one.get('Id')}" for each, one in changes]
    return words, str(answer[0].text), answer[1].text == "true"


def test_parts_and_then_what_changed() -> None:
    sync, items = ContactSync(), {key: Item(key) for key in "abc"}
    words, state, last = told(sync, items, most=2)
    assert (words, last) == (["Create a", "Create b"], False)
    words, state, last = told(sync, items, state)
    assert (words, last) == (["Create c"], True)
    items["b"].version += 1
    del items["a"]
    words, after, last = told(sync, items, state)
    assert (words, last) == (["Update b", "Delete a"], True)
    assert told(sync, items, after)[0] == []
    assert told(sync, items, state)[0] == ["Update b", "Delete a"]


def test_a_state_that_was_forgotten_or_is_of_another_folder() -> None:
    sync = ContactSync()
    _, state, _ = told(sync, {})
    assert sync.told("g", {}, state, 1) is None
    sync.forget()
    assert sync.told("f", {}, state, 1) is None


def condition(inside: str) -> etree._Element:
    return parsed(f"<m:FindItem><m:Restriction>{inside}</m:Restriction></m:FindItem>")


def test_which_items_are_wanted() -> None:
    uri = '<t:FieldURI FieldURI="contacts:DisplayName"/>'
    changed = '<t:FieldURI FieldURI="item:LastModifiedTime"/>'
    ann = Item("a", values={("contacts:DisplayName",): "Ann"}, changed="2026-11-23T08:00:00Z")

    def equal(name: str) -> str:
        return (
            f'<t:IsEqualTo>{uri}<t:FieldURIOrConstant><t:Constant Value="{name}"/></t:FieldURIOrConstant></t:IsEqualTo>'
        )

    def since(when: str) -> str:
        constant = f'<t:FieldURIOrConstant><t:Constant Value="{when}"/></t:FieldURIOrConstant>'
        return f"<t:IsGreaterThanOrEqualTo>{changed}{constant}</t:IsGreaterThanOrEqualTo>"

    assert holds(parsed("<m:FindItem></m:FindItem>"), ann)
    assert holds(condition(equal("Ann")), ann)
    assert not holds(condition(equal("Bob")), ann)
    assert holds(condition(f"<t:Or>{equal('Bob')}{equal('Ann')}</t:Or>"), ann)
    assert holds(condition(f'<t:Contains>{uri}<t:Constant Value="An"/></t:Contains>'), ann)
    assert holds(condition(since("2026-11-23T08:00:00Z")), ann)
    assert not holds(condition(since("2026-11-23T08:00:01Z")), ann)
    with pytest.raises(SoapFault):
        holds(condition(f"<t:Exists>{uri}</t:Exists>"), ann)
