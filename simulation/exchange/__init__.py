"""Exchange Server as its clients see it: EWS with free/busy, and Autodiscover in its three dialects."""

from simulation.exchange.server import ExchangeServer
from simulation.exchange.sign_in import Account, SignIn

__all__ = ["Account", "ExchangeServer", "SignIn"]
