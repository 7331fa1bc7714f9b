"""Exchange Web Services, both directions: how Exchange and Google ask us for free/busy, and how we ask Exchange."""
