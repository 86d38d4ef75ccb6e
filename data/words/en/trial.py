"""Words of `paidan try`, English."""

WORDS: dict[str, str] = {
    "try.head": "{cases} cases and {orders} orders; {only_warned} only warned on site ({sensors} sensors, {readings} readings, {reports} reports, {alarms} alarms)",
    "try.progress": "trying",
    "reason.history_try_take": "trial: counts as taken",
    "reason.history_try_close": "trial: counts as closed",
}
