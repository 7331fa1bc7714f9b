"""Where to listen, as people write it."""

import pytest

from service.addresses import ListenAddress


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("0.0.0.0:443", "0.0.0.0", 443), ("[::1]:9464", "::1", 9464), ("busy.example.com:0", "busy.example.com", 0)],
)
def test_read_and_written_again(text: str, host: str, port: int) -> None:
    address = ListenAddress.parse(text)
    assert (address.host, address.port) == (host, port)
    assert str(address) == text


@pytest.mark.parametrize("text", ["443", ":443", "::1:443", "a:65536", "a:", "http://a:1", 443, "a b:1", "[::1]"])
def test_what_is_refused_with_a_remedy(text: object) -> None:
    with pytest.raises(ValueError, match=r'"0\.0\.0\.0:443"'):
        ListenAddress.parse(text)


@pytest.mark.parametrize(
    ("text", "loopback"),
    [("127.0.0.1:1", True), ("[::1]:1", True), ("localhost:1", True), ("0.0.0.0:1", False), ("a.example:1", False)],
)
def test_whether_only_this_machine_reaches_it(text: str, loopback: bool) -> None:
    assert ListenAddress.parse(text).is_loopback is loopback
