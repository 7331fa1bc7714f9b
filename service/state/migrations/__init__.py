"""The steps that lead from one schema to the next, for Alembic; shipped with the program and taken at the start."""
