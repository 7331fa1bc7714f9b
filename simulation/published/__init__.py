"""A web server that publishes files of free/busy and calendars, and knows whether somebody has them already."""

from simulation.published.server import PublishedServer

__all__ = ["PublishedServer"]
