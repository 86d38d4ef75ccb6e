"""What a command line says of words it does not understand."""

WORDS: dict[str, str] = {
    "usage.no_option": "没有 {name} 这个选项",
    "usage.no_option_near": "没有 {name} 这个选项，是不是 {near}",
    "usage.no_command": "没有 {name} 这个命令",
    "usage.missing": "缺 {name}",
    "usage.bad": "{name} 填得不对：{problem}",
    "usage.one_of": "要填其中一个：{choices}",
    "usage.number": "要填数字",
    "usage.span": "{value}（写 30d、12h 或 90m）",
    "usage.a_folder": "这是目录，要一个文件",
    "usage.no_such_path": "没有这个文件或目录，请核对路径",
    "usage.help": "用法见 {command} --help",
    "usage.usage": "用法：",
    "usage.options": "选项",
    "usage.commands": "命令",
    "usage.this": "显示这份说明",
    "usage.default": "默认 ",
    "usage.required": "必填",
}
