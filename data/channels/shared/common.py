"""Keys that every `[[channel]]` has."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Common(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times are seconds of the desk's clock, but `deadline_s` is real."""

    name: str
    kind: str
    deadline_s: Annotated[float, Meta(gt=0, le=60)] = 10.0
    """One attempt from name resolution to the answer's last byte; `faults.md` row 40."""
    per_minute: Annotated[float, Meta(ge=0)] = 0.0
    """Most messages in any 60 s; 0: no limit."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 2
    """Attempts at the same time, a thread each; judgement."""
    max_tries: Annotated[int, Meta(ge=1, le=100)] = 8
    """Attempts until the message goes by the unit's next channel or is parked; judgement."""
    patience_s: Annotated[float, Meta(gt=0)] = 60.0
    """Without a yes for this long, the unit's next channel is taken; `faults.md` §5."""
    give_up_s: Annotated[float, Meta(gt=0)] = 600.0
    """The same where there is no next channel: the message is parked and its case shown on top; judgement."""


class Http(Common, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of channels that speak HTTP. A URL that carries a key is a secret: `url_file` or `url_env`."""

    url: str = ""
    url_file: str = ""
    url_env: str = ""
    allow_http: bool = False
    """Plain http to this host; in earnest only inside the house's own network."""
    allow_private: bool = False
    """The host may be this machine or one of a private network. Link-local addresses are never allowed."""
    ca: str = ""
    """PEM file with the authority of a certificate that the system does not know."""
