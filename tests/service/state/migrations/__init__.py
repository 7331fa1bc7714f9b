"""Tests of service.state.migrations."""
