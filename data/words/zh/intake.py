"""Words of inlets, duplicates, answers to reporters and search, 中文."""

WORDS: dict[str, str] = {
    # why two troubles may be one
    "reason.alike_near": "相距 {metres} 米",
    "reason.alike_building": "同在 {name}",
    "reason.unlike_grid": "网格不同",
    "reason.unlike_building": "楼栋不同",
    "reason.alike_grid": "同一网格 {grid}",
    "reason.alike_class": "类别相同",
    "reason.alike_time": "相隔 {hours} 小时",
    "reason.alike_text": "文字相近 {percent}%",
    "reason.alike_alarm": "告警与群众反映同类同地",
    "reason.possible_duplicate": "可能重复 #{number}（{score}）",
    # history
    "reason.history_support": "{who} 附议",
    "reason.history_fold": "同类告警并入本案",
    "reason.history_split": "{who} 拆出一条诉求",
    "reason.history_answered": "{who} 已回访",
    "reason.history_answer_sms": "答复短信已待发",
    # guesses of the form
    "reason.guess_alias": "地名表: {alias}",
    "reason.guess_grid": "网格表: {name}",
    "reason.guess_class": "关键词: {words}",
    "reason.guess_none": "看不出类别和地点",
    # answers of services
    "reason.did_file": "已登记 #{number}",
    "reason.did_support": "已附议 #{number}，共 {supports} 条",
    "reason.filed_already": "已经登记过，见 #{number}",
    "reason.did_callback": "已记回访 #{number}",
    "reason.no_callback": "没有这条待回访，或已经回访",
    "reason.file_failed": "没有登记: {problem}",
    # inlets
    "reason.inlet_down": "{name} 联系不上: {problem}",
    "reason.inlet_bad_line": "第 {line} 行: {problem}",
    "inlet.mqtt": "消息总线",
    "inlet.file": "文件投递",
    "inlet.form": "接电话登记",
    "inlet.open311": "Open311 {name}",
    "answer.done": "您反映的事项（{number}）已办结：{result}",
    "answer.declined": "您反映的事项（{number}）不予立案：{result}",
    # settings
    "settings_want_https": "用 https://；只有可信内网才写 plain_http = true",
    "settings_want_secret": "密钥写在文件或环境变量里，二选一：key_file 或 key_env",
    "settings_want_clock": "always 全天计时，或 working 只计工作时间",
    "settings_want_limits": '写成 "级别" = [签收分钟, 办结分钟]，级别 1 到 4',
    "settings_want_date": "日期写成 2026-10-01，day 写 work 或 off",
    "settings_want_hours": "写成 09:00-12:00，按先后，不重叠",
    "settings_want_write": "留空、put 或 post",
    "settings_want_grid": "用 grids.csv 里有的网格，或留空",
    "settings_want_number": "经纬度写成数字，或两格都留空",
    "settings_want_name": "只用字母、数字、_ 和 -，不重复",
    "settings_want_folder": "写家目录下的一个文件夹名",
}
