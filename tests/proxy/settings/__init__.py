"""Each section of the settings."""
