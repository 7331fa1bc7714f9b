"""Tests of what speaks CalDAV and iCalendar."""
