"""`busyline pair`: two tenants prepared for each other, looked at first, applied when approved, and taken back."""
