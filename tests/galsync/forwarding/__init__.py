"""Tests of forwarders for people who move."""
