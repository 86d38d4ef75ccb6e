"""SQLite files of a home: the desk (cases and all that hangs on them) and the history of readings."""
