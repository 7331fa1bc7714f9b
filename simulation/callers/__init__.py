"""The callers: Exchange's Availability service and Google's Calendar Interop, asking somebody else's server."""

from simulation.callers.exchange import AddressSpace, ExchangeCaller
from simulation.callers.google import GoogleCaller, role_accounts
from simulation.callers.google_oauth import GoogleOAuthCaller
from simulation.callers.reading import Block, Seen

__all__ = ["AddressSpace", "Block", "ExchangeCaller", "GoogleCaller", "GoogleOAuthCaller", "Seen", "role_accounts"]
