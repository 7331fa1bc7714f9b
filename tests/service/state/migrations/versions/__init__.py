"""Tests of the steps from one schema to the next."""
