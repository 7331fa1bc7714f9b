"""What the tests of the jobs share: a PostgreSQL of the run."""

from tests.service.state.databases import server

__all__ = ["server"]
