"""TRUSTS: certificates are loaded, and issued on the first run."""
