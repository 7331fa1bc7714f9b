"""Each check has a name, a category and words of its own."""

from protocols.ews.xoauth.challenge import Category
from protocols.ews.xoauth.wrong import Wrong


def test_no_two_checks_are_told_alike() -> None:
    assert len({wrong.sentence for wrong in Wrong}) == len(Wrong) == len({wrong.reason for wrong in Wrong})


def test_the_reason_for_the_log_is_a_few_words() -> None:
    assert Wrong.AUDIENCE_HOST.reason == "microsoft-audience-host"


def test_the_categories_say_whose_matter_it_is() -> None:
    assert Wrong.AUDIENCE_HOST.category is Category.INVALID_RESOURCE
    assert Wrong.EXPIRED.category is Category.TOKEN_EXPIRED
    assert Wrong.ISSUER.category is Category.INVALID_TENANT
