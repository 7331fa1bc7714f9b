"""Tests of Autodiscover."""
