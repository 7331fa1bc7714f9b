"""Speaks CalDAV and iCalendar: what a calendar server answers, and what somebody publishes at a URL."""
