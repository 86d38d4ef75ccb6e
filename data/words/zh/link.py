"""Words of the line between seat and terminal, 中文."""

WORDS: dict[str, str] = {
    "speed.lan": "链路好",
    "speed.dsl": "链路慢",
    "speed.thin": "省流",
    "speed.said_thin": "省流:只在按键或有特急时重画;L 退出",
    "speed.said_normal": "已退出省流",
    "key.thin": "省流",
    "thin.head": "{word} | 待派{open} 超时{late} 异常{abnormal} 失联{lost} | {at} | L退出省流",
}
