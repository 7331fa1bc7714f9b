"""Which proxy the environment names for which address."""

import pytest

from protocols.errors import PeerError
from service.outgoing_proxy import OutgoingProxy, proxy_for

URL = "https://mail.fabrikam.example/EWS/Exchange.asmx"
PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other:1"}, PROXY),
        ({"HTTPS_PROXY": "proxy.example:3128"}, PROXY),
        ({"ALL_PROXY": PROXY}, PROXY),
        ({"HTTP_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": " "}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "fabrikam.example"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "a.example, .Fabrikam.example"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*.fabrikam.example"}, None),
        ({"HTTPS_PROXY": PROXY, "no_proxy": "mail.fabrikam.example:443"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "mail.fabrikam.example:8443"}, PROXY),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "kam.example,10.0.0.0/8,,"}, PROXY),
    ],
)
def test_the_words_of_the_environment(environ: dict[str, str], proxy: str | None) -> None:
    found = proxy_for(URL, environ)
    assert (found.url if found else None) == proxy


@pytest.mark.parametrize(
    ("url", "exceptions", "proxied"),
    [
        ("https://127.0.0.1:1/", "", False),
        ("https://[::1]/", "", False),
        ("https://localhost/", "", False),
        ("https://10.1.2.3/", "", True),
        ("https://10.1.2.3/", "10.0.0.0/8", False),
        ("https://10.1.2.3/", "10.1.2.3", False),
        ("https://[fd00::1]/", "fd00::/8", False),
        ("https://[fd00::1]/", "[fd00::1]", False),
    ],
)
def test_addresses(url: str, exceptions: str, proxied: bool) -> None:
    assert (proxy_for(url, {"ALL_PROXY": PROXY, "NO_PROXY": exceptions}) is not None) == proxied


def test_user_and_password_are_taken_out_of_the_address_and_shown_nowhere() -> None:
    proxy = OutgoingProxy.parse("http://busy:line%40home@[::1]:3128/")
    assert proxy.url == "http://[::1]:3128"
    assert proxy.authorization == "Basic YnVzeTpsaW5lQGhvbWU="
    assert "line" not in repr(proxy)
    assert "YnVz" not in repr(proxy)


@pytest.mark.parametrize("text", ["socks5://proxy.example:1080", "https://proxy.example", "http://:3128", "http://a:b"])
def test_what_is_not_spoken_is_told(text: str) -> None:
    with pytest.raises(PeerError, match="the proxy that the environment names is not spoken to"):
        proxy_for(URL, {"HTTPS_PROXY": text})
