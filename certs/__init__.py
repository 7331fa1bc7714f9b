"""TRUSTS: the certificates that Busyline shows: loaded, with words for what is wrong, or issued on the first run."""
