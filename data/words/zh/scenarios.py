"""Words of scenarios, 中文."""

WORDS: dict[str, str] = {
    "settings_want_class": "要填有的类别编号",
    "settings_want_trigger": "至少要有一个 [[trigger]]",
    "settings_want_kind_or_class": "kind 和 class 填一个，也只填一个",
    "settings_want_rule": "要填该种类里有的规则名",
    "settings_want_to_and_text": "warn 和 tell 要填 to 和 text",
    "reason.history_story_begin": "一件事开始",
    "reason.history_story_takes": "按一件事办理",
    "reason.history_story_opens": "一件事立案",
    "reason.history_story_joins": "并入信号：{text}",
    "reason.history_story_turn": "一件事推进",
    "reason.history_story_ring": "无人签收，再次响铃",
    "reason.history_story_warn": "现场已提醒：{text}",
    "reason.history_story_no_device": "没有现场提醒设备：{text}",
    "reason.history_story_tell": "请电话告知：{text}",
    "reason.history_story_no_contact": "联系人表里没有：{text}",
    "reason.history_story_not_escalated": "没有上报：{text}",
    "reason.history_story_end": "一件事结束",
}
