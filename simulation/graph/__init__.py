"""Microsoft 365 as an application sees it: the tenant's token endpoint and Graph's getSchedule."""

from simulation.graph.server import GraphServer
from simulation.graph.tokens import Application

__all__ = ["Application", "GraphServer"]
