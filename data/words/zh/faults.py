"""Words about the machine beneath: its clock and its disk."""

WORDS: dict[str, str] = {
    "reason.history_clock_set": "系统时钟被改动：{text}，逾期提醒暂停五分钟",
    "reason.store_read_only": "{file} 不能写入（{error}），请检查磁盘是否只读、已满，权限是否正确",
    "reason.store_damaged": "数据库损坏（{error}）：请停下中心，用 paidan backup --restore 换回最近的备份",
    "reason.history_restored": "已换回备份 {text}",
    "reason.backup_made": "已备份并核对：{file}",
    "reason.backup_restored": "已换回 {file}，原库改名为 {aside}",
    "status.free_mb": "磁盘剩余 MB",
}
