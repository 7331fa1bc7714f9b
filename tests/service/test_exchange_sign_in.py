"""How the sign-in to an Exchange server may be written: each kind, and the words for what is neither."""

from typing import Any

import pytest
from pydantic import ValidationError

from service.exchange_sign_in import BasicAuth, ExchangeSection, NegotiateAuth, NtlmAuth, OAuthAuth

USER = {"username": "svc@x.example", "password": "env:P"}
OAUTH = {"kind": "oauth", "tenant": "t", "client_id": "c"}


def server(auth: dict[str, Any]) -> ExchangeSection:
    return ExchangeSection.model_validate({"url": "https://mail.x.example/EWS/Exchange.asmx", "auth": auth})


@pytest.mark.parametrize(
    ("auth", "kind"),
    [
        ({"kind": "basic", **USER}, BasicAuth),
        ({"kind": "ntlm", **USER}, NtlmAuth),
        ({"kind": "ntlm", **USER, "spn": "HTTP/mail.x.example"}, NtlmAuth),
        ({"kind": "negotiate", **USER}, NegotiateAuth),
        ({"kind": "negotiate", "keytab": "x.keytab"}, NegotiateAuth),
        ({"kind": "negotiate", "keytab": "x.keytab", "principal": "svc@X.EXAMPLE"}, NegotiateAuth),
        ({"kind": "negotiate"}, NegotiateAuth),
        ({**OAUTH, "secret": "env:S"}, OAuthAuth),
        ({**OAUTH, "certificate": "file:c.pem", "scope": "https://outlook.x.example/.default"}, OAuthAuth),
    ],
)
def test_what_can_be_written(auth: dict[str, Any], kind: type) -> None:
    assert type(server(auth).auth) is kind


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        ({"kind": "negotiate", "username": "svc"}, "both or neither"),
        ({"kind": "negotiate", "password": "env:P"}, "both or neither"),
        ({"kind": "negotiate", **USER, "keytab": "x.keytab"}, "not both"),
        ({"kind": "negotiate", "principal": "svc@X.EXAMPLE"}, "write keytab as well"),
        ({"kind": "ntlm", **USER, "spn": "mail.x.example"}, "no service name"),
        ({"kind": "ntlm", **USER, "spn": "HTTP/a/b"}, "no service name"),
        ({"kind": "ntlm", **USER, "keytab": "k"}, "Extra inputs"),
        ({"kind": "ntlm", "username": "svc"}, "Field required"),
        ({"kind": "basic", **USER, "spn": "HTTP/x"}, "Extra inputs"),
        ({"kind": "ntlm", "username": "svc", "password": "hunter2"}, "a secret is never written here"),
        (OAUTH, "exactly one of certificate"),
        ({**OAUTH, "secret": "env:S", "certificate": "file:c.pem"}, "exactly one of certificate"),
        ({"kind": "kerberos"}, "'basic', 'ntlm', 'negotiate', 'oauth'"),
    ],
)
def test_what_cannot(auth: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        server(auth)
    assert "hunter2" not in str(raised.value)


def test_the_scope_is_the_host_s_unless_another_is_written() -> None:
    auth = server({**OAUTH, "secret": "env:S", "scope": "s"}).auth
    assert isinstance(auth, OAuthAuth)
    assert auth.scope == "s"
