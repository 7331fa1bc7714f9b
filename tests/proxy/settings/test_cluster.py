"""Tests of proxy/settings/cluster.py."""

import re
from datetime import timedelta

import pytest
from pydantic import ValidationError

from proxy.settings.cluster import ClusterSettings

WRITTEN = {"redis": "rediss://redis.example.com:6379", "key": "file:cluster.key"}


def _settings(**more: object) -> ClusterSettings:
    return ClusterSettings.model_validate({**WRITTEN, **more})


def test_the_narrow_defaults() -> None:
    settings = _settings()
    assert (settings.details, settings.password, settings.tls) == (False, None, True)
    assert (settings.timeout, settings.wait) == (timedelta(milliseconds=50), timedelta(seconds=3))


@pytest.mark.parametrize("url", ["redis://127.0.0.1", "redis://[::1]:6380/2", "rediss://redis.example.com/"])
def test_addresses_of_a_redis(url: str) -> None:
    assert _settings(redis=url).redis == url.rstrip("/")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"redis": "https://redis.example.com"}, "not the address of a Redis"),
        ({"redis": "redis://"}, "not the address of a Redis"),
        ({"redis": "redis://host:0"}, "not the address of a Redis"),
        ({"redis": "redis://host:x"}, "not the address of a Redis"),
        ({"redis": "redis://:hunter2@host"}, "no user and no password"),
        ({"redis": "redis://host/zero"}, "number of a database"),
        ({"redis": "redis://host?db=1"}, "number of a database"),
        ({"username": "busyline"}, "username wants a password"),
        ({"redis": "redis://host", "ca": "ca.pem"}, "ca is for rediss"),
        ({"details": True}, "details = true wants rediss"),
        ({"details": True, "redis": "redis://host", "password": "env:X"}, "details = true wants rediss"),
        ({"timeout": "2s"}, "at most"),
        ({"wait": "1m"}, "at most"),
        ({"password": "hunter2"}, "a secret is never written here"),
        ({"key": "hunter2"}, "a secret is never written here"),
    ],
)
def test_what_is_wrong_is_told_in_words_without_secrets(more: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        _settings(**more)
    assert "hunter2" not in str(caught.value)


def test_details_by_tls_and_password() -> None:
    assert _settings(details=True, password="env:X").details


def test_the_key_is_always_wanted() -> None:
    with pytest.raises(ValidationError, match="key"):
        ClusterSettings.model_validate({"redis": "redis://127.0.0.1"})


@pytest.mark.parametrize("key", ["timeout", "wait"])
@pytest.mark.parametrize("wrong", ["0s", "soon", 1])
def test_the_length_that_is_shown_instead_is_one_that_is_taken(key: str, wrong: object) -> None:
    with pytest.raises(ValidationError) as caught:
        _settings(**{key: wrong})
    (example,) = re.findall(r'"(\d+m?s)"', caught.value.errors()[0]["msg"])
    assert getattr(_settings(**{key: example}), key) > timedelta()
