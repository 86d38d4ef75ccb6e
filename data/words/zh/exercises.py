"""Words of exercises, 中文."""

WORDS: dict[str, str] = {
    "order.exercise": "【演练】",
    "reason.history_story_warn_exercise": "演练，不播放：{text}",
    "reason.history_exercise_ask": "请求演练",
    "reason.history_exercise_begin": "演练开始",
    "reason.history_exercise_none": "没有这件事，演练作罢",
    "reason.exercise_asked": "演练 {id} 已请求；时间表用 --report {id} 看",
    "reason.exercise_none": "没有演练",
    "reason.exercise_unknown": "没有一件事 {scenario}；用 paidan scenario list 看有哪些",
    "reason.exercise_no_place": "{scenario} 没有感知点，请用 --grid 说明地点",
    "exercise.head": "演练 {scenario}  案件 {case}  {by}  {state}（秒，从请求算起）",
    "exercise.opened_at": "立案",
    "exercise.taken_at": "受理",
    "exercise.closed_at": "结案",
    "exercise.issued_at": "派单",
    "exercise.sent_at": "发出",
    "exercise.delivered_at": "送达",
    "exercise.seen_at": "阅知",
    "exercise.accepted_at": "接单",
    "exercise.arrived_at": "到场",
    "exercise.done_at": "完成",
}
