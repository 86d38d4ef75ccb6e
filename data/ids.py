"""New ids: sortable by time, unique without asking anyone."""

import secrets


def new_id(now: int) -> str:
    """21 lower-case hexadecimal digits and a dash: the moment (UTC ms), then 48 random bits."""
    return f"{now:011x}-{secrets.token_hex(6)}"
