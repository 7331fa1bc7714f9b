"""DECIDES: which connector answers for a mailbox, and who may ask about whom and how much they see; pure."""
