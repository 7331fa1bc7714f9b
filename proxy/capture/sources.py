"""What is kept of where a request came from: pseudonyms of address and network, and the preset that names the cloud."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from proxy.auth.presets import PRESETS
from proxy.capture.pseudonyms import Pseudonyms


def source(peer: str, forwarded: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """``forwarded`` is what X-Forwarded-For says, believed or not; its last address is taken where there is one."""
    text = forwarded.rpartition(",")[2].strip() or peer
    try:
        address = ip_address(text)
    except ValueError:
        return {"address": pseudonyms.network(text)}
    network = ip_network(f"{text.partition('%')[0]}/{24 if address.version == 4 else 48}", strict=False)
    told = {"address": pseudonyms.network(text), "network": pseudonyms.network(str(network))}
    preset = next((name for name, nets in _presets().items() if any(address in net for net in nets)), "")
    return told | {"ip": address.version} | ({"preset": preset} if preset else {})


@cache
def _presets() -> dict[str, tuple[IPv4Network | IPv6Network, ...]]:
    return {name: tuple(map(ip_network, networks)) for name, networks in PRESETS.items()}
