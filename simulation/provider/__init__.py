"""An in-house system that answers Busyline's JSON contract."""

from simulation.provider.server import TOKEN, ProviderServer

__all__ = ["TOKEN", "ProviderServer"]
