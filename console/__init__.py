"""The application: commands, places, keys."""
