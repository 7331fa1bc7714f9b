"""Every kind of connector stands in the example."""

from typing import get_args

from console.example_connectors import connectors
from proxy.settings.connectors import ConnectorSettings


def test_every_kind_of_connector_is_shown_once() -> None:
    text = "\n".join(connectors())
    kinds = get_args(get_args(ConnectorSettings)[0])
    protocols = [get_args(kind.model_fields["protocol"].annotation)[0] for kind in kinds]
    assert {protocol: text.count(f'protocol = "{protocol}"') for protocol in protocols} == dict.fromkeys(protocols, 1)
