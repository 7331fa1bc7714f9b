"""The provider contract: what is asked, what is taken, and what never looks like free time."""
