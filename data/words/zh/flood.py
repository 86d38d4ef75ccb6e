"""Words about more than can be kept in time."""

WORDS: dict[str, str] = {
    "status.calls_first": "洪峰中先到的呼叫",
    "reason.health_bus_calls": "呼叫的专线断了 {seconds} 秒：洪峰时呼叫会迟到",
    "status.thinned": "洪峰中略去的读数",
    "reason.health_bus_thinned": "读数太多，平稳的只留部分：略去 {thinned} 条 {rate} 条/秒",
}
