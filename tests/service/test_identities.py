"""Who signs in: Kerberos where it is to be had, NTLM where not, and words where neither can be."""

import sys
from pathlib import Path

import pytest

from protocols.errors import PeerError
from protocols.model.freebusy import Reason
from service import kerberos
from service.identities import KerberosIdentity, NtlmIdentity, by_keytab, kerberos_or_ntlm
from service.secrets import Secret, SecretError
from tests.needs import missing
from tests.service.test_kerberos import nowhere

SPN = "HTTP/mail.fabrikam.example"
PASSWORD = Secret("hunter2")
NEGOTIATE = b"NTLMSSP\0\1\0\0\0"


async def test_ntlm_begins_with_its_negotiation_and_takes_no_nonsense() -> None:
    identity = NtlmIdentity("FABRIKAM\\svc", PASSWORD, spn=SPN)
    assert identity.scheme == "NTLM"
    context = await identity.context()
    assert not context.kerberos
    assert (await context.step(None, None) or b"").startswith(NEGOTIATE)
    for nonsense in (b"", b"NTLMSSP\0", b"\0" * 100):
        context = await identity.context()
        await context.step(None, None)
        with pytest.raises(PeerError, match="no challenge") as raised:
            await context.step(nonsense, None)
        assert raised.value.reason is Reason.UNAUTHORIZED


@pytest.mark.parametrize("username", ["FABRIKAM\\svc", "svc"])
def test_a_name_without_a_realm_is_ntlm(username: str) -> None:
    identity = kerberos_or_ntlm(username, PASSWORD, spn=SPN)
    assert isinstance(identity, NtlmIdentity)
    assert identity.scheme == "Negotiate"


async def test_ntlm_where_no_domain_controller_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kerberos.is_available():
        missing("the extra kerberos")
    monkeypatch.setenv("KRB5_CONFIG", str(nowhere(tmp_path)))
    identity = kerberos_or_ntlm("svc@fabrikam.example", PASSWORD, spn=SPN)
    assert isinstance(identity, KerberosIdentity)
    context = await identity.context()
    assert not context.kerberos
    assert (await context.step(None, None) or b"").startswith(NEGOTIATE)


async def test_a_keytab_knows_no_other_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kerberos.is_available():
        missing("the extra kerberos")
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path}/none")
    with pytest.raises(PeerError, match="Kerberos"):
        await by_keytab(tmp_path / "none", "svc@FABRIKAM.EXAMPLE", spn=SPN).context()
    context = await KerberosIdentity(None, spn=SPN).context()
    with pytest.raises(PeerError, match="run kinit"):
        await context.step(None, None)


def test_without_the_extra_a_keytab_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "krb5", None)
    assert isinstance(kerberos_or_ntlm("svc@fabrikam.example", PASSWORD, spn=SPN), NtlmIdentity)
    with pytest.raises(SecretError, match="run `make kerberos`"):
        by_keytab(tmp_path / "k", "", spn=SPN)
