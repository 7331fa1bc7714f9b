"""Address books as files: spreadsheets, LDIF, and files that are sealed for one recipient."""
