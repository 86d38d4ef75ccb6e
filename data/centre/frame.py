"""A message as a broker handed it over."""

import msgspec


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Bytes as they came, with their topic and arrival (UTC ms)."""

    topic: str
    body: bytes
    received_at: int
    mid: int = 0
    qos: int = 1
    retained: bool = False
    duplicate: bool = False
    """The broker may have sent it before; a hint only."""
    generation: int = 0
    """Which connection it came by: message numbers start anew with each."""
    source: str = ""
    """Name of the source; "" is the centre's own broker."""
    bytes: int = 0
    """How long the body was, where the connection has cut it; else 0."""
    is_copy: bool = False
    """Sent beside the message itself, so that it need not wait for that (`data.centre.calls`)."""
    tries: int = 0
    """How often it has been in quarantine."""
