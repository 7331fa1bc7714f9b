"""Tests of what an operator types and looks at."""
