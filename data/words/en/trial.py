"""Words of `paidan try`, English."""

WORDS: dict[str, str] = {
    "try.head": "{cases} cases and {orders} orders; {only_warned} only warned on site ({sensors} sensors, {readings} readings, {reports} reports, {alarms} alarms)",
}
