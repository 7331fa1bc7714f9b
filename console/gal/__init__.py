"""`busyline gal`: plan, look at, apply and take back what the address-book syncs do."""
