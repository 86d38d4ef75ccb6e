"""A desk, and CAP messages to give it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.store.journal import verify
from tests.helpers.clock import FakeClock
from tests.helpers.office import Centre, open_centre


def stamp(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def cap(
    id: str, at: int, *, kind: str = "Alert", status: str = "Actual", severity: str = "Severe", about: str = "", expires: int | None = None,
    headline: str = "万州区气象台发布暴雨橙色预警信号", area: str = "万州区", old: int = 0,
) -> bytes:  # fmt: skip
    """One message; `about` is the identifier of the earlier one that it changes, sent at `old`."""
    references = f"<references>qx@example.org,{about},{stamp(old)}</references>" if about else ""
    end = f"<expires>{stamp(expires)}</expires>" if expires else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{id}</identifier><sender>qx@example.org</sender><sent>{stamp(at)}</sent>
<status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{references}
<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency><severity>{severity}</severity>
<certainty>Likely</certainty>{end}<senderName>万州区气象台</senderName><headline>{headline}</headline><description>预计三小时五十毫米以上。</description>
<instruction>请做好转移准备。</instruction><area><areaDesc>{area}</areaDesc></area></info></alert>""".encode()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Centre]:
    """The street; its journal must hold at the end."""
    made = open_centre(tmp_path / "pailou", "street", FakeClock())
    yield made
    assert verify(made.desk.conn) is None
    made.desk.conn.close()
