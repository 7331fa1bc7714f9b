"""Each cloud publishes keys in its own places, and its issuers are those of one tenant."""

import pytest

from protocols.ews.xoauth.clouds import CLOUDS
from protocols.graph.clouds import CLOUDS as GRAPH
from simulation.microsoft.issuer import TENANT


def test_the_documents_of_the_global_cloud() -> None:
    assert CLOUDS["global"].documents(TENANT) == (
        f"https://accounts.accesscontrol.windows.net/{TENANT}/metadata/json/1",
        f"https://login.microsoftonline.com/{TENANT}/discovery/keys",
    )


def test_the_issuers_of_a_tenant() -> None:
    assert CLOUDS["global"].issuers_of(TENANT) == {
        f"00000001-0000-0000-c000-000000000000@{TENANT}",
        f"https://sts.windows.net/{TENANT}/",
        f"https://login.microsoftonline.com/{TENANT}/v2.0",
    }


@pytest.mark.parametrize("name", CLOUDS)
def test_a_cloud_signs_in_where_graph_does(name: str) -> None:
    assert CLOUDS[name].login == GRAPH[name].login
    assert set(CLOUDS) == set(GRAPH)
    assert all(url.startswith("https://") for url in CLOUDS[name].documents(TENANT))
    assert all(TENANT in issuer for issuer in CLOUDS[name].issuers_of(TENANT))
