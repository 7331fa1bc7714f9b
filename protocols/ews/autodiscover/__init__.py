"""Autodiscover in its three dialects: how Exchange and its clients learn where to ask for free/busy."""
