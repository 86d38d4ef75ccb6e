"""What residents and grid workers report. All people and numbers are invented (样例)."""

import random
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One report, as it is told."""

    text: str
    grid: str = ""
    kind: str = "resident"
    name: str = ""
    phone: str = ""


FIRST = Voice(
    text="星都会小区6号楼车库垃圾堵门，气温升高，异味难闻", grid="DHG-03", kind="grid_worker", name="吴卫东", phone="13800000061"
)
VOICES = (
    Voice(text="红星桥下穿道积水，小车过不去", grid="HX-02", kind="grid_worker", name="田晓梅", phone="13800000062"),
    Voice(text="江南广场旁边有人堆渣土，一下雨全是泥", grid="JN-01", name="刘先生", phone="13800000071"),
    Voice(text="大河沟路口井盖破了，晚上看不见很危险", grid="DHG-01", name="王女士", phone="13800000072"),
    Voice(text="楼上装音响到半夜，太吵睡不着", grid="WJ-01", kind="hotline", name="张先生", phone="13800000073"),
    Voice(text="垃圾桶倒在路中间，恶臭", name="匿名"),
    Voice(text="老码头绿化带里好多枯枝没人收", grid="WJ-02", name="陈女士", phone="13800000074"),
    Voice(text="楼道口堆着旧沙发和床垫，没人搬走", grid="DHG-02", name="李先生", phone="13800000075"),
    Voice(text="后山步道有落石，石头比拳头大", grid="BP-01", kind="grid_worker", name="秦大勇", phone="13800000063"),
    Voice(text="三栋楼顶有人私搭雨棚", grid="DHG-04", name="周女士", phone="13800000076"),
    Voice(text="菜市场后门垃圾两天没清，苍蝇乱飞", grid="HX-01", kind="grid_worker", name="田晓梅", phone="13800000062"),
    Voice(text="滨江路货车撒漏，路面全是泥浆", grid="JN-02", kind="hotline", name="孙女士", phone="13800000077"),
    Voice(text="楼下烧烤摊油烟往家里灌", grid="JN-03", name="胡先生", phone="13800000078"),
    Voice(text="星都会地下车库污水倒灌", grid="DHG-03", kind="grid_worker", name="吴卫东", phone="13800000061"),
    Voice(text="有人在江边大声唱歌到十一点", name="黄女士", phone="13800000079"),
)

JUDGEMENT = {"沙发": "0102", "唱歌": "0501"}
"""What a person hears in words that no table of keywords has: part of the text → class."""


class Residents:
    """An endless trickle: the newspaper's report first, then the others in ever new order."""

    def __init__(self, rng: random.Random, run: str) -> None:
        self._rng, self._run = rng, run
        self._left = [FIRST]
        self._number = 0

    def next_wait_s(self) -> float:
        """Seconds until the next report: three for the first, then 60 on the average, never below 15."""
        return 3.0 if self._number == 0 else 15.0 + self._rng.expovariate(1 / 45)

    def next_report(self, time: str) -> dict[str, Any]:
        """The next one as a message for `…/in/report`; ids differ from run to run, so that a kept home takes them as new."""
        if not self._left:
            self._left = self._rng.sample(VOICES, len(VOICES))
        voice = self._left.pop(0)
        self._number += 1
        reporter = {"kind": voice.kind, "name": voice.name, "phone": voice.phone}
        message = {"id": f"sim-{self._run}-{self._number}", "text": voice.text, "time": time, "grid": voice.grid}
        return {**{key: value for key, value in message.items() if value}, "reporter": {k: v for k, v in reporter.items() if v}}
