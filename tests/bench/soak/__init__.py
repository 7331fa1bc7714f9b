"""The soak's parts judge as they should, and a short soak of the real server finds nothing."""
