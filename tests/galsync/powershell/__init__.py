"""Tests of scripts for Exchange."""
