"""Words of the demo's day."""

WORDS: dict[str, str] = {
    "simulate.day_help": "play the whole day: each scenario once",
    "simulate.story_help": "play only this story of the day",
    "simulate.moved": "moved {moved}/{of}",
    "demo.story_help": "play only this story; 0 plays the day",
    "demo.stories_help": "list the stories of the day with their numbers",
}
