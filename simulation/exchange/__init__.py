"""Exchange Server as its clients see it: EWS with free/busy, and Autodiscover in its three dialects."""

from simulation.exchange.server import Account, ExchangeServer

__all__ = ["Account", "ExchangeServer"]
