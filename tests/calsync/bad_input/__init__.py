"""What no calendar should hold, and servers that fail: named, that item or that spoke alone, and all else goes on."""
