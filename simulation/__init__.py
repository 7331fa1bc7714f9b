"""PRETENDS: Exchange, Microsoft Graph and Google as small servers with memory, latency, throttling and faults."""
