"""Google's free/busy service for Exchange: Autodiscover and a little EWS, for one role account."""

from simulation.google_interop.server import ROLE_ACCOUNT, InteropServer

__all__ = ["ROLE_ACCOUNT", "InteropServer"]
