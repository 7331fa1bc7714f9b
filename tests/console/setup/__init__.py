"""Tests of the steps that setup prints."""
