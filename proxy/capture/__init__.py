"""Keeps one caller's requests and our answers for a while, without what is personal or secret in them."""
