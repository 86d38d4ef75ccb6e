"""Words about more than can be kept in time."""

WORDS: dict[str, str] = {
    "status.calls_first": "calls taken first in floods",
    "reason.health_bus_calls": "the calls' own line is down for {seconds} s: in a flood calls come late",
    "status.thinned": "readings left out in floods",
    "reason.health_bus_thinned": "more readings than can be kept in time: {thinned} quiet ones left out, {rate}/s",
}
