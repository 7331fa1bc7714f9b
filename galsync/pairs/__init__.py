"""Prepares two tenants of Microsoft 365 for each other in one stroke: a plan, what carries it out, and the way back."""
