"""Tests of galsync/settings/active_directory.py."""

from galsync.settings.active_directory import ActiveDirectory, KerberosSignInSettings
from tests.galsync.settings.estate import DIRECTORIES, wrong

_AD = DIRECTORIES["ad"]


def test_a_password_is_never_written_out() -> None:
    auth = {"kind": "password", "user": "svc", "password": "hunter2"}
    (told,) = wrong(ActiveDirectory, _AD | {"auth": auth})
    assert "never written here" in told
    assert "hunter2" not in told


def test_one_proof_of_kerberos() -> None:
    both = {"kind": "kerberos", "principal": "a@B", "keytab": "k", "password": "env:P"}
    assert "not both" in wrong(KerberosSignInSettings, both)[0]
    assert "needs a principal" in wrong(KerberosSignInSettings, {"kind": "kerberos", "password": "env:P"})[0]
    assert wrong(KerberosSignInSettings, {"kind": "kerberos"}) == []


def test_a_line_without_protection_cannot_be_written() -> None:
    assert wrong(ActiveDirectory, _AD | {"security": "none"})
    assert wrong(ActiveDirectory, _AD | {"port": 70_000})


def test_a_filter_is_read_at_once() -> None:
    assert "filter of LDAP" in wrong(ActiveDirectory, _AD | {"filter": "(a=b"})[0]
