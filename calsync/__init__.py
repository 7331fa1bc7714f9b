"""SYNCS CALENDARS: hubs join calendars, or folders of contacts, of different systems, and keep them equal."""
