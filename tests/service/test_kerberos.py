"""What krb5 says, in words; the rest is tried against a real domain in tests/clients/test_kerberos.py."""

from pathlib import Path

import pytest
from spnego.exceptions import BadMechanismError

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service import kerberos
from service.kerberos import NoDomainError, Tickets, told
from service.secrets import Secret
from tests.needs import missing


class KerberosProblem(Exception):  # noqa: N818 - krb5's own is called Krb5Error
    """As krb5.Krb5Error and gssapi's GSSError carry their numbers."""

    def __init__(self, **numbers: int) -> None:
        super().__init__("krb5's own words, with names in them")
        for name, number in numbers.items():
            setattr(self, name, number)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (-1765328378, "does not know the user"),
        (-1765328377, "knows no service of this name"),
        (-1765328366, "disabled or locked out"),
        (-1765328361, "has expired"),
        (-1765328360, "is wrong"),
        (-1765328347, "clock differs"),
        (-1765328203, "keytab holds no key"),
        (-1765328189, "run kinit"),
        (-1, "not had or not taken (KerberosProblem"),
    ],
)
def test_what_went_wrong_is_told_in_words(number: int, words: str) -> None:
    for error in (KerberosProblem(err_code=number), KerberosProblem(min_code=number % 2**32)):
        found = told(error)
        assert found.reason is Reason.UNAUTHORIZED
        assert words in found.detail
        assert "names in them" not in str(found)
        assert not isinstance(found, NoDomainError)


@pytest.mark.parametrize("number", [-1765328230, -1765328228, -1765328164, -1765328160])
def test_no_domain_is_another_matter(number: int) -> None:
    found = told(KerberosProblem(err_code=number))
    assert isinstance(found, NoDomainError)
    assert found.reason is Reason.UNREACHABLE


def test_the_cause_is_found_behind_other_errors() -> None:
    cause = KerberosProblem(min_code=-1765328377 % 2**32)
    assert "no service of this name" in told(BadMechanismError(base_error=cause)).detail
    outer = ValueError("outer")
    outer.__cause__ = cause
    assert "no service of this name" in told(outer).detail


async def test_a_keytab_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kerberos.is_available():
        missing("the extra kerberos")
    monkeypatch.setenv("KRB5_CONFIG", str(nowhere(tmp_path)))
    with pytest.raises(PeerError, match="the keytab cannot be read: No such file or directory") as raised:
        await Tickets("svc@FABRIKAM.EXAMPLE", keytab=tmp_path / "none").bearer()
    assert raised.value.reason is Reason.UNAUTHORIZED


async def test_no_domain_controller_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kerberos.is_available():
        missing("the extra kerberos")
    monkeypatch.setenv("KRB5_CONFIG", str(nowhere(tmp_path)))
    with pytest.raises(NoDomainError, match="no domain controller answers"):
        await Tickets("svc@FABRIKAM.EXAMPLE", password=Secret("hunter2")).bearer()


def nowhere(directory: Path) -> Path:
    """A krb5.conf that leads to a port where nobody listens."""
    path = directory / "krb5.conf"
    path.write_text(
        "[libdefaults]\ndefault_realm = FABRIKAM.EXAMPLE\ndns_lookup_kdc = false\nudp_preference_limit = 1\n"
        "[realms]\nFABRIKAM.EXAMPLE = {\nkdc = 127.0.0.1:1\n}\n"
    )
    return path
