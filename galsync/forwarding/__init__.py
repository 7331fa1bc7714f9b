"""FORWARDS: the mail of people who have moved, from the mailbox that they left to the one where they are now."""
