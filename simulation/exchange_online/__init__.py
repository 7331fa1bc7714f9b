"""Exchange Online as Microsoft's PowerShell module meets it: cmdlets over HTTP, by the undocumented endpoint."""

from simulation.exchange_online.recipients import Recipients
from simulation.exchange_online.server import CmdletServer

__all__ = ["CmdletServer", "Recipients"]
