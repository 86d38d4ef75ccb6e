"""Words about the machine beneath: its clock and its disk."""

WORDS: dict[str, str] = {
    "reason.history_clock_set": "系统时钟被改动：{text}，逾期提醒暂停五分钟",
    "reason.store_read_only": "{file} 不能写入（{error}），请检查磁盘是否只读、已满，权限是否正确",
    "status.free_mb": "磁盘剩余 MB",
}
