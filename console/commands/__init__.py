"""One module a command; each has `command`, and is found by listing this folder."""
