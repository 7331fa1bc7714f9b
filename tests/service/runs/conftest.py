"""What the tests of the runs share: a new database of each kind."""

from tests.service.state.databases import server, url

__all__ = ["server", "url"]
