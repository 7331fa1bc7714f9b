"""Google Workspace as a service account sees it: tokens by delegation, the Calendar API's freeBusy and events."""

from simulation.google.keys import ServiceAccount
from simulation.google.server import GoogleServer

__all__ = ["GoogleServer", "ServiceAccount"]
