"""How a connector to Exchange Server may be written."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from proxy.settings.connectors import EwsConnector
from service.exchange_sign_in import BasicAuth, NtlmAuth

USER = {"username": "svc@x.example", "password": "env:P"}


def connector(auth: dict[str, Any], **more: Any) -> EwsConnector:
    written = {"protocol": "ews", "url": "https://mail.x.example/EWS/Exchange.asmx", "auth": auth, **more}
    return TypeAdapter(EwsConnector).validate_python(written)


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
