"""How a connector may be written: each kind of sign-in, and the words for what is neither one nor the other."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from proxy.settings.connectors import BasicAuth, EwsConnector, NegotiateAuth, NtlmAuth, OAuthAuth

USER = {"username": "svc@x.example", "password": "env:P"}
OAUTH = {"kind": "oauth", "tenant": "t", "client_id": "c"}


def connector(auth: dict[str, Any], **more: Any) -> EwsConnector:
    written = {"protocol": "ews", "url": "https://mail.x.example/EWS/Exchange.asmx", "auth": auth, **more}
    return TypeAdapter(EwsConnector).validate_python(written)


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
    assert type(connector(auth).auth) is kind


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
        connector(auth)
    assert "hunter2" not in str(raised.value)


def test_nothing_is_wide_by_default() -> None:
    written = connector({"kind": "basic", **USER})
    assert written.private_network is False
    assert written.impersonate is None


def test_who_is_impersonated_is_an_address() -> None:
    assert connector({"kind": "basic", **USER}, impersonate="FB@X.example").impersonate == "fb@x.example"
    with pytest.raises(ValidationError, match="is no address"):
        connector({"kind": "basic", **USER}, impersonate="somebody")


def test_each_account_asks_the_same_server() -> None:
    first, second = {"kind": "basic", **USER}, {"kind": "ntlm", **USER, "username": "svc2@x.example"}
    settings = connector(first, further_accounts=[second], impersonate="fb@x.example")
    by_account = settings.by_account
    assert [type(each.auth) for each in by_account] == [BasicAuth, NtlmAuth]
    assert {(each.url, each.impersonate, each.further_accounts) for each in by_account} == {
        (settings.url, "fb@x.example", ())
    }
    assert connector(first).by_account == (connector(first),)
