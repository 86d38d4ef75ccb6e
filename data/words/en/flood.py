"""Words about more than can be kept in time."""

WORDS: dict[str, str] = {
    "status.thinned": "readings left out in floods",
    "reason.health_bus_thinned": "more readings than can be kept in time: {thinned} quiet ones left out, {rate}/s",
}
