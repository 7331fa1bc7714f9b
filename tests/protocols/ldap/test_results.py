"""Tests of protocols.ldap.results."""

import pytest

from protocols.ldap.results import TABLE, WAIT, refusal, told
from protocols.model.freebusy import Reason


@pytest.mark.parametrize("code", TABLE)
def test_every_result_has_words_that_help(code: int) -> None:
    reason, words = told(code)
    assert reason is TABLE[code][0]
    assert words.endswith(f"(LDAP {code})")


def test_an_unknown_result_is_told_by_its_number() -> None:
    assert told(123) == (Reason.PEER_FAILED, "the directory refuses (LDAP 123)")


@pytest.mark.parametrize(
    ("diagnostic", "words"),
    [
        (
            "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 52e, v2580",
            "the password is wrong",
        ),
        ("80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 775, v2580", "locked out"),
        (
            "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data 999, v2580",
            "check user and password",
        ),
        (
            "80090346: LdapErr: DSID-0C09058A, comment: AcceptSecurityContext error, data 80090346, v4563",
            "channel binding",
        ),
    ],
)
def test_why_a_sign_in_was_refused(diagnostic: str, words: str) -> None:
    reason, text = told(49, diagnostic)
    assert reason is Reason.UNAUTHORIZED
    assert words in text


def test_the_directorys_own_words_are_not_repeated() -> None:
    _, words = told(19, "000020B5: AtrErr: DSID-03152D2C, #1: 0: 000020B5: problem 1005, Att 9 (cn):Ann Lee")
    assert words.endswith("(LDAP 19, 000020B5)")
    assert "Ann" not in words


def test_a_refusal_says_how_long_to_wait_where_that_helps() -> None:
    busy, wrong = refusal(51), refusal(50)
    assert (busy.code, busy.retry_after) == (51, WAIT)
    assert (wrong.code, wrong.retry_after) == (50, None)
