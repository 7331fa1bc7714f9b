"""Microsoft's federation gateway and an Exchange organisation that asks with its tokens: an issuer and a signer."""

from simulation.federation.caller import FederatedCaller
from simulation.federation.identity import Identity
from simulation.federation.issuer import Issued, TokenIssuer

__all__ = ["FederatedCaller", "Identity", "Issued", "TokenIssuer"]
