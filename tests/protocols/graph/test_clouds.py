"""The national clouds."""

import pytest

from protocols.graph.clouds import CLOUDS


def test_the_clouds_are_those_of_the_settings() -> None:
    assert set(CLOUDS) == {"global", "gcc-high", "dod", "china"}


@pytest.mark.parametrize("name", CLOUDS)
def test_a_cloud_is_two_origins(name: str) -> None:
    cloud = CLOUDS[name]
    for origin in (cloud.login, cloud.graph):
        assert origin.startswith("https://")
        assert "/" not in origin.removeprefix("https://")


def test_no_two_clouds_share_a_graph() -> None:
    assert len({cloud.graph for cloud in CLOUDS.values()}) == len(CLOUDS)
