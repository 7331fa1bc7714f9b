"""How a Microsoft 365 tenant may be written."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from proxy.layers.budget import Rate
from proxy.settings.connectors import GraphConnector

WRITTEN: dict[str, Any] = {
    "protocol": "graph",
    "tenant": "contoso.onmicrosoft.com",
    "client_id": "c",
    "anchors": ["FB1@contoso.example"],
}


@pytest.mark.parametrize("proof", [{"secret": "env:S"}, {"certificate": "file:c.pem"}])
def test_one_proof_is_enough(proof: dict[str, str]) -> None:
    settings = GraphConnector.model_validate({**WRITTEN, **proof})
    assert (settings.anchors, settings.cloud, settings.concurrency) == (("fb1@contoso.example",), "global", 4)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "exactly one of certificate"),
        ({"secret": "env:S", "certificate": "file:c.pem"}, "exactly one of certificate"),
        ({"secret": "env:S", "anchors": []}, "write at least one"),
        ({"secret": "env:S", "anchors": ["nobody"]}, "is no address"),
        ({"secret": "env:S", "concurrency": 5}, "less than or equal to 4"),
        ({"secret": "env:S", "cloud": "moon"}, "'global', 'gcc-high', 'dod' or 'china'"),
        ({"secret": "hunter2"}, "a secret is never written here"),
    ],
)
def test_what_cannot(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as raised:
        GraphConnector.model_validate({**WRITTEN, **more})
    assert "hunter2" not in str(raised.value)


def test_graph_s_own_limit_is_kept_to() -> None:
    settings = GraphConnector.model_validate({**WRITTEN, "secret": "env:S"})
    assert (settings.rates, settings.total_rates) == ((Rate(10_000, timedelta(minutes=10)),), ())
