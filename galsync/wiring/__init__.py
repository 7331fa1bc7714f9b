"""Ties the names in the settings of the address-book syncs to what carries them: the only place that does."""
