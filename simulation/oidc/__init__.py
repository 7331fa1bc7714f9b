"""An OpenID Connect issuer: its discovery document, its keys, and tokens for applications that show a secret."""

from simulation.oidc.issuer import OidcIssuer
from simulation.oidc.server import OidcServer

__all__ = ["OidcIssuer", "OidcServer"]
