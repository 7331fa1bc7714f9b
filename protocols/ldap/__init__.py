"""Entries of Active Directory, and what they say of people; the connection itself is service/directory.py."""
