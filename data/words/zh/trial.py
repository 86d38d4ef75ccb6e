"""Words of `paidan try`, 中文."""

WORDS: dict[str, str] = {
    "try.head": "会立案 {cases} 件，派单 {orders} 张；只在现场提醒 {only_warned} 次（感知 {sensors} 个，读数 {readings} 条，诉求 {reports} 件，告警 {alarms} 次）",
    "try.progress": "试算",
    "reason.history_try_take": "试算：视为已受理",
    "reason.history_try_close": "试算：视为已结案",
}
