"""The words of the house: what a calendar system, whichever it is, says about a person's time."""
