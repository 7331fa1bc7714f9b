"""Microsoft as an issuer: a tenant's security token service, its published keys, and Exchange Online as a caller."""

from simulation.microsoft.caller import HybridCaller
from simulation.microsoft.issuer import TENANT, TokenService
from simulation.microsoft.server import MicrosoftServer

__all__ = ["TENANT", "HybridCaller", "MicrosoftServer", "TokenService"]
