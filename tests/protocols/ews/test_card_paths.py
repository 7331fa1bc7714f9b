"""Where each part of a contact stands in EWS."""

from protocols.ews import card_paths as paths
from protocols.ews.schema import mailbox_validator
from protocols.model.card import Phone, Place
from tests.protocols.ews.test_card_fields import parsed


def test_every_telephone_and_every_address_has_its_place() -> None:
    assert set(paths.KEYS) == set(paths.PHONES) == set(Phone)
    assert set(paths.PLACES) == set(Place)
    assert len(paths.ADDRESSES) == len(Place) * len(paths.PARTS)


def test_no_two_share_one() -> None:
    every = (*paths.TEXTS.values(), *paths.PHONES.values(), *paths.ADDRESSES.values(), *paths.EMAILS)
    assert len({path.uri for path in every}) == len(every)


def test_what_is_asked_for_is_in_the_schema() -> None:
    asked = f'<m:GetItem>{paths.SHAPE}<m:ItemIds><t:ItemId Id="1"/></m:ItemIds></m:GetItem>'
    mailbox_validator().assertValid(parsed(asked))


def test_a_tag_is_known_in_either_letter_case() -> None:
    assert paths.is_prefix("0x3A45")
    assert paths.is_prefix("0x3a45")
    assert not paths.is_prefix("")
