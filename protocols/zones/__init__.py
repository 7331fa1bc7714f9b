"""Time zones between three worlds: Windows names, IANA names, and the bias and two changes that EWS writes out."""
