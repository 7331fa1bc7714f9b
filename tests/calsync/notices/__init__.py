"""What servers tell of changes."""
