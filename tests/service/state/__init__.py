"""Tests of service.state."""
