"""The names of settings: what real clients ask for, and what we answer."""

from protocols.safexml import parse
from proxy.capture.setting_names import SETTING_NAMES
from tests.wire.captures import captured, clients


def test_real_clients_ask_for_nothing_else() -> None:
    asked = {
        element.text
        for client in clients()
        for one in captured(client)
        if one.request.body.lstrip().startswith(b"<")
        for element in parse(one.request.body).iter("{*}Setting")
    }
    assert len(asked) > 50
    assert asked <= SETTING_NAMES
    assert {"ExternalEwsUrl", "ExternalEwsVersion", "EwsSupportedSchemas"} <= SETTING_NAMES
