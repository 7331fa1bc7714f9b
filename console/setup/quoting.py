"""Puts text into PowerShell so that it stays text: nothing of the configuration may become a command."""

from service.powershell import comment, quoted, quoted_list

__all__ = ["comment", "quoted", "quoted_list"]
