"""Tests of calsync/plans: what has to be done, from what is known and what was seen."""
