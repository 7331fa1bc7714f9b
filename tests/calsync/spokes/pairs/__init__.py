"""Two spokes of different systems in one hub: whatever is entered on one side stands on the other, and stays so."""
