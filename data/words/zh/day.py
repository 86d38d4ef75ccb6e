"""Words of the demo's day."""

WORDS: dict[str, str] = {
    "simulate.day_help": "演完整的一天：每件事一次",
    "simulate.story_help": "只演这一天里的第几件事",
    "simulate.moved": "已转移 {moved}/{of}",
    "demo.story_help": "只演第几件事；0 演一整天",
    "demo.stories_help": "列出这一天的每件事和编号",
}
