"""Tests of what prepares two tenants for each other."""
