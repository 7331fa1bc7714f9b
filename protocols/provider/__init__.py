"""The small JSON contract by which an in-house system answers Busyline (docs/provider.md)."""
