"""Endures: the real server in front of calendars that change all the time, while their systems fail in every way.

Every answer is held against what stood in the calendars within one time to live before it: `make soak`.
"""
