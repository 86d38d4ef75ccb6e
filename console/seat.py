"""What the terminal at the other end can do, decided once from the environment, before Textual is imported.

Textual reads its settings at import time; `prepare_environment` must have run by then.
"""

from collections.abc import Mapping, MutableMapping
from functools import cache
from os import environ
from pathlib import Path

from msgspec import Struct

from console.link import SPEED_VARIABLE, Speed, wished
from widgets.theme import Depth

GLYPHS_VARIABLE = "PAIDAN_GLYPHS"
TUTORIAL_VARIABLE = "PAIDAN_TUTORIAL"
"""`off`: the lesson never comes by itself."""


class Profile(Struct, frozen=True, kw_only=True):
    """How this seat draws."""

    depth: Depth
    mouse: bool
    """Off over SSH: copying text with the mouse matters more than clicking."""
    ascii_only: bool = False
    """No Braille: on the Linux console, whose font has none, or by `PAIDAN_GLYPHS=ascii`."""
    link: Speed | None = None
    """The line's profile if the environment demands one."""


def choose(env: Mapping[str, str]) -> Profile:
    """The profile for this environment; over SSH never more than 256 colours, which saves a quarter of the bytes."""
    remote = bool(env.get("SSH_CONNECTION") or env.get("SSH_TTY"))
    return Profile(depth=_depth(env, remote=remote), mouse=not remote, link=wished(env), ascii_only=_ascii_only(env))


def _ascii_only(env: Mapping[str, str]) -> bool:
    tier = env.get(GLYPHS_VARIABLE, "")
    return tier == "ascii" or (tier != "safe" and env.get("TERM") == "linux")


def _depth(env: Mapping[str, str], *, remote: bool) -> Depth:
    term = env.get("TERM", "")
    if "NO_COLOR" in env or term in {"", "dumb"} or term.startswith("vt"):
        return Depth.MONO
    if env.get("COLORTERM", "") in {"truecolor", "24bit"} and not remote:
        return Depth.TRUE
    if "256color" in term or env.get("COLORTERM") or term.startswith(("tmux", "xterm-kitty", "alacritty", "foot")):
        return Depth.EIGHT_BIT
    return Depth.SIXTEEN


def apply(profile: Profile, env: MutableMapping[str, str]) -> None:
    """Tell Textual, through its environment, to draw so and to move nothing by itself."""
    env["TEXTUAL_COLOR_SYSTEM"] = "standard" if profile.depth is Depth.MONO else profile.depth.value
    env["TEXTUAL_ANIMATIONS"] = "none"
    env["TEXTUAL_FPS"] = "10" if profile.link is Speed.THIN else "60"
    env["TEXTUAL_SMOOTH_SCROLL"] = "0"
    # Its flags make some terminals report every key as a sequence, which input methods do not survive.
    env["TEXTUAL_DISABLE_KITTY_KEY"] = "1"


def take_settings(home: Path) -> None:
    """What `[seat]` of the home says, as if the environment said it, which otherwise wins. A file that cannot be read is told of later."""
    import tomllib

    try:
        wishes = tomllib.loads((home / "paidan.toml").read_text(encoding="utf-8-sig")).get("seat", {})
    except (OSError, ValueError):
        return
    for name, variable in (("link", SPEED_VARIABLE), ("glyphs", GLYPHS_VARIABLE)):
        if isinstance(wish := wishes.get(name), str) and not environ.get(variable):
            environ[variable] = wish
    if wishes.get("tutorial") is False and not environ.get(TUTORIAL_VARIABLE):
        environ[TUTORIAL_VARIABLE] = "off"


@cache
def prepare_environment() -> Profile:
    """This process's profile, applied when first asked for."""
    profile = choose(environ)
    apply(profile, environ)
    return profile
