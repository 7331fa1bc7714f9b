"""Where Microsoft 365 lives: the sign-in and Graph origins of each national cloud (Graph docs, deployments)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """Two origins, without a slash at the end."""

    login: str
    graph: str


CLOUDS: dict[str, Cloud] = {
    "global": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "gcc-high": Cloud("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "dod": Cloud("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": Cloud("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
}
"""The clouds by the name they have in the settings. GCC is part of ``global``."""
