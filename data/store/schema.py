"""The tables of desk.db, as ordered migrations; each is one transaction. Only the holder of the lease migrates.

`waits` and `due` of a case are computed by SQLite from its other columns, so that the queue's order is an index
and nothing that can be computed is written by hand.
A desk that is at work has the first migration: what changes from here on is a further step, never an edit of it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from data.domain.errors import StoreError
from data.domain.reason import because
from data.domain.vocabulary import FINISHED, WAITS_ON_ME, State
from data.store.sqlite import connect, sqlite3

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

VERSION = 8
"""`user_version` of the newest schema this program knows; a newer file is refused."""


def _quoted(states: frozenset[State]) -> str:
    return ",".join(f"'{state}'" for state in sorted(states))


LIVE = f"state NOT IN ({_quoted(FINISHED)})"
"""Condition of the partial indexes: the cases of the queue."""

_TABLES = f"""
CREATE TABLE cases (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  version INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL CHECK (state IN ({_quoted(frozenset(State))})),
  class TEXT,
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 4),
  text TEXT NOT NULL,
  grid TEXT, address TEXT, lat REAL, lon REAL,
  unit TEXT,                      -- who has it, or would get it by the tables
  unit_chosen INTEGER NOT NULL DEFAULT 0,  -- 1: an operator chose the unit; nothing else may change it
  source TEXT NOT NULL CHECK (source IN ('report', 'alarm', 'order')),
  triage TEXT,                    -- Reason as JSON: why it stands in triage
  opened_at INTEGER NOT NULL,
  accept_by INTEGER, done_by INTEGER,
  taken_at INTEGER, taken_by TEXT,
  held_until INTEGER, held_at INTEGER,
  former TEXT,                    -- the state that a hold or a merge interrupted
  merged_into TEXT,               -- the case that goes on for this one
  done_by_chosen INTEGER NOT NULL DEFAULT 0,  -- 1: an operator set the deadline; nothing else changes it
  extensions INTEGER NOT NULL DEFAULT 0,
  acknowledged_at INTEGER, acknowledged_by TEXT, urged_at INTEGER, escalated_at INTEGER,
  auto INTEGER,                   -- automatic dispatch: NULL not looked at, 1 sent, 0 waits for a person
  rung INTEGER NOT NULL DEFAULT 0, unanswered INTEGER NOT NULL DEFAULT 0,  -- steps of the ladder taken (data.centre.ladder)
  result TEXT,                    -- proposed by the unit's `done`, then the result of the close
  round INTEGER NOT NULL DEFAULT 1,
  failed INTEGER NOT NULL DEFAULT 0,
  closed_at INTEGER, closed_by TEXT,
  alarm TEXT,
  order_in TEXT UNIQUE,           -- the order it was born of: id, sender, its case and number there
  order_from TEXT, order_case TEXT, order_number INTEGER, exercise INTEGER NOT NULL DEFAULT 0,
  seen_at INTEGER,
  scenario TEXT,                  -- the scenario whose story it is
  needs TEXT,                     -- JSON list: what that scenario wants before the case may close
  assists TEXT,                   -- JSON list: units that help by that scenario; NULL: as the class says
  supports INTEGER NOT NULL DEFAULT 0,     -- 附议: further reports of the same trouble that joined by themselves or by hand
  maybe TEXT,                     -- JSON: cases this may be a duplicate of, as they were when it came: [[id, score, [[code, args], ...]], ...]
  due INTEGER GENERATED ALWAYS AS (
    CASE WHEN state IN ('triage', 'open', 'returned') AND taken_at IS NULL THEN accept_by
         WHEN state IN ('sending', 'sent') THEN accept_by
         WHEN state = 'held' THEN held_until
         WHEN {LIVE} THEN done_by END) STORED,
  waits INTEGER GENERATED ALWAYS AS (CASE WHEN state IN ({_quoted(WAITS_ON_ME)}) OR failed THEN 0 ELSE 1 END) STORED,
  rung_at INTEGER GENERATED ALWAYS AS (
    CASE WHEN {LIVE} AND state != 'held' THEN
      CASE rung WHEN 0 THEN opened_at + (done_by - opened_at) * 4 / 5
                WHEN 1 THEN done_by
                WHEN 2 THEN done_by + (done_by - opened_at) / 2 END END) STORED,
  unanswered_at INTEGER GENERATED ALWAYS AS (
    CASE WHEN state IN ('triage', 'open', 'returned') AND taken_at IS NULL AND unanswered = 0 THEN accept_by END) STORED
);
CREATE INDEX cases_rung ON cases (rung_at) WHERE rung_at IS NOT NULL;
CREATE INDEX cases_unanswered ON cases (unanswered_at) WHERE unanswered_at IS NOT NULL;
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX cases_auto ON cases (class, number) WHERE state = 'open' AND auto IS NULL;
CREATE INDEX cases_queue ON cases (level, waits, due IS NULL, due, opened_at, number) WHERE {LIVE};
CREATE INDEX cases_state ON cases (state, due) WHERE {LIVE};
CREATE INDEX cases_opened ON cases (opened_at);
CREATE INDEX cases_closed ON cases (closed_at) WHERE closed_at IS NOT NULL;
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id),
  filed_as TEXT,                  -- the case it was filed as, where a merge has moved it to another
  message TEXT NOT NULL UNIQUE,   -- the sender's own id
  kind TEXT NOT NULL, name TEXT, phone TEXT,
  text TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,
  class TEXT, grid TEXT, address TEXT, lat REAL, lon REAL, media TEXT,
  inlet TEXT                      -- how it came: mqtt, form, file, open311/NAME; NULL for an order's
);
CREATE INDEX reports_case ON reports (case_id);
-- Derived by data/store/derived.py in the transaction that changes their sources; never journaled, always rebuildable.
CREATE VIRTUAL TABLE cases_fts USING fts5 (
  words, codes, scope, columnsize=0, prefix='1 4', tokenize="unicode61 remove_diacritics 0 tokenchars '-_'"
);
CREATE TABLE case_places (
  place TEXT NOT NULL, class TEXT NOT NULL, opened_at INTEGER NOT NULL, case_id TEXT NOT NULL,
  PRIMARY KEY (place, class, opened_at, case_id)
) WITHOUT ROWID;
CREATE INDEX case_places_case ON case_places (case_id);
CREATE TABLE callbacks (          -- answers owed to reporters of finished cases, and calls that a scenario or a warning asks for
  id TEXT PRIMARY KEY,            -- report/round: each is answered once a round
  case_id TEXT NOT NULL, report TEXT NOT NULL, name TEXT, phone TEXT, text TEXT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('call', 'sms', 'open311')),
  tells INTEGER NOT NULL DEFAULT 0,  -- 1, 2: words of a scenario or warning to a contact; 2: only by voice
  created_at INTEGER NOT NULL, done_at INTEGER, done_by TEXT
);
CREATE INDEX callbacks_due ON callbacks (way, tells DESC, created_at) WHERE done_at IS NULL;
CREATE INDEX callbacks_case ON callbacks (case_id);
CREATE TABLE writebacks (         -- reports that came by Open311, and what their server has been told
  report TEXT PRIMARY KEY, case_id TEXT NOT NULL, inlet TEXT NOT NULL, request TEXT NOT NULL,
  told TEXT,                      -- digest of what it was told last
  next_at INTEGER,                -- when it must be looked at again; NULL: never
  tries INTEGER NOT NULL DEFAULT 0, error TEXT
);
CREATE INDEX writebacks_due ON writebacks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX writebacks_case ON writebacks (case_id);
CREATE TABLE inlets (             -- how each inlet is doing, for the health place
  name TEXT PRIMARY KEY, down_since INTEGER, ok_at INTEGER, error TEXT, cursor TEXT,
  taken INTEGER NOT NULL DEFAULT 0, bad INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE alarms (
  id TEXT PRIMARY KEY,
  rule TEXT NOT NULL, sensor TEXT NOT NULL,
  level INTEGER NOT NULL, raised_at INTEGER NOT NULL, cleared_at INTEGER,
  value REAL, limit_value REAL, limit_source TEXT,
  occurrences INTEGER NOT NULL DEFAULT 1, last_at INTEGER,
  case_id TEXT, acknowledged_at INTEGER, acknowledged_by TEXT,
  chattering INTEGER,             -- since when it comes and goes too often: counted, no new case, no bell
  suppressed_by TEXT,             -- the sensor (a gateway) that is down, which explains this one
  shelved_until INTEGER, shelved_by TEXT, shelved_why TEXT
);
CREATE INDEX alarms_history ON alarms (sensor, rule, raised_at);
CREATE INDEX alarms_suppressed ON alarms (suppressed_by) WHERE suppressed_by IS NOT NULL AND cleared_at IS NULL;
CREATE INDEX alarms_shelved ON alarms (shelved_until) WHERE shelved_until IS NOT NULL AND cleared_at IS NULL;
CREATE UNIQUE INDEX alarms_open ON alarms (rule, sensor) WHERE cleared_at IS NULL;
CREATE INDEX alarms_sensor ON alarms (sensor) WHERE cleared_at IS NULL;
CREATE INDEX alarms_worst ON alarms (level, raised_at) WHERE cleared_at IS NULL;
CREATE INDEX alarms_raised ON alarms (raised_at);
CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id),
  attempt INTEGER NOT NULL, unit TEXT NOT NULL, channel TEXT NOT NULL, lead INTEGER NOT NULL DEFAULT 1,
  required INTEGER NOT NULL DEFAULT 1,  -- 1: its `done` is wanted before the case may be verified
  round INTEGER NOT NULL DEFAULT 1,     -- the case's round that it works for
  text TEXT NOT NULL, accept_by INTEGER NOT NULL, done_by INTEGER NOT NULL,
  issued_at INTEGER NOT NULL, issued_by TEXT NOT NULL, not_before INTEGER NOT NULL,
  released_at INTEGER, sent_at INTEGER, delivered_at INTEGER, seen_at INTEGER, accepted_at INTEGER,
  refused_at INTEGER, arrived_at INTEGER, done_at INTEGER, delay_at INTEGER, cancelled_at INTEGER,
  answer TEXT,                    -- the unit's words with its newest receipt
  phoned_to TEXT,                 -- who was told by telephone
  closed_at INTEGER,              -- its case ended over it
  rung INTEGER NOT NULL DEFAULT 0,  -- steps of the ladder taken
  rung_at INTEGER GENERATED ALWAYS AS (
    CASE WHEN coalesce(accepted_at, refused_at, done_at, cancelled_at, closed_at) IS NULL AND released_at IS NOT NULL THEN
      CASE rung WHEN 0 THEN accept_by
                WHEN 1 THEN accept_by + (accept_by - issued_at) / 2
                WHEN 2 THEN accept_by + (accept_by - issued_at)
                WHEN 3 THEN accept_by + (accept_by - issued_at) * 2 END END) STORED,
  UNIQUE (case_id, attempt, unit)
);
CREATE INDEX orders_rung ON orders (rung_at) WHERE rung_at IS NOT NULL;
CREATE INDEX orders_load ON orders (unit) WHERE coalesce(refused_at, done_at, cancelled_at, closed_at) IS NULL;
CREATE TABLE rungs (
  id TEXT PRIMARY KEY,            -- what it is about, which step, which deadline: each is taken once
  case_id TEXT NOT NULL, order_id TEXT, kind TEXT NOT NULL,
  role TEXT NOT NULL,             -- whom it rings: '' everybody at this desk, else a role
  at INTEGER NOT NULL
);
CREATE INDEX rungs_case ON rungs (case_id);
CREATE INDEX orders_grace ON orders (issued_by, issued_at) WHERE released_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX orders_issued ON orders (issued_at);
CREATE TABLE receipts (
  id TEXT PRIMARY KEY,            -- sender/message
  order_id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, received_at INTEGER NOT NULL,
  sender TEXT NOT NULL, by TEXT, note TEXT, media TEXT
);
CREATE INDEX receipts_order ON receipts (order_id);
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,            -- the message's own id
  kind TEXT NOT NULL, unit TEXT NOT NULL, topic TEXT NOT NULL, body BLOB NOT NULL,
  case_id TEXT, order_id TEXT,
  channel TEXT NOT NULL DEFAULT 'mqtt',
  lane INTEGER NOT NULL DEFAULT 1,  -- 0 orders of level 1, 1 orders, cancels and receipts, 2 notes and answers
  state TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'unknown', 'waiting', 'sent', 'received', 'failed', 'cancelled')),
  created_at INTEGER NOT NULL,
  since INTEGER NOT NULL DEFAULT 0,  -- when it could first leave by this channel: patience counts from here
  next_at INTEGER,                -- when the centre must look at it again; NULL: never
  tries INTEGER NOT NULL DEFAULT 0, epoch INTEGER, sent_at INTEGER,
  doubts INTEGER NOT NULL DEFAULT 0,  -- attempts of which nobody knows whether they arrived
  reason TEXT                     -- Reason as JSON: why it is not sent
);
CREATE INDEX outbox_due ON outbox (channel, lane, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_open ON outbox (state, channel) WHERE state IN ('ready', 'sending', 'unknown', 'waiting');
CREATE TABLE channels (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL,
  fault TEXT,                     -- Reason as JSON: cannot be used until the settings are mended
  failures INTEGER NOT NULL DEFAULT 0, open_until INTEGER,
  tokens REAL NOT NULL DEFAULT 0, tokens_at INTEGER,
  ok_at INTEGER, error_at INTEGER, error TEXT, took_ms REAL NOT NULL DEFAULT 0
);
CREATE INDEX outbox_order ON outbox (order_id);
CREATE TABLE inbox (
  id TEXT PRIMARY KEY,            -- kind/sender/message: orders, cancels and notes that were handled, so that each counts once
  order_id TEXT, received_at INTEGER NOT NULL,
  body BLOB                       -- a note that came before its order, until the order comes
);
CREATE INDEX inbox_order ON inbox (order_id);
CREATE INDEX inbox_early ON inbox (received_at) WHERE body IS NOT NULL;
CREATE TABLE handovers (
  id TEXT PRIMARY KEY,
  since INTEGER NOT NULL,         -- start of the shift that it ends
  outgoing TEXT NOT NULL, signed_at INTEGER NOT NULL,
  incoming TEXT, taken_at INTEGER,
  sheet TEXT NOT NULL             -- what was signed, as JSON
);
CREATE INDEX handovers_signed ON handovers (signed_at);
CREATE TABLE handover_items (
  id TEXT PRIMARY KEY,
  since INTEGER NOT NULL,         -- start of the shift
  item TEXT,                      -- what must be said (`case/pailou-2041`); NULL: a free line
  text TEXT, said INTEGER NOT NULL DEFAULT 1, at INTEGER NOT NULL, by TEXT NOT NULL
);
CREATE INDEX handover_items_since ON handover_items (since);
CREATE TABLE looked (             -- how far each operator has read
  operator TEXT PRIMARY KEY, at INTEGER NOT NULL, seq INTEGER NOT NULL, number INTEGER NOT NULL
);
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, topic TEXT NOT NULL, body BLOB NOT NULL, reason TEXT NOT NULL,
  source TEXT NOT NULL DEFAULT '', received_at INTEGER NOT NULL DEFAULT 0, retained INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, -- how long it was; more than the body where it was cut
  is_whole INTEGER NOT NULL DEFAULT 1, tries INTEGER NOT NULL DEFAULT 0,
  replay_at INTEGER               -- when somebody asked to take it once more
);
CREATE INDEX quarantine_replay ON quarantine (replay_at) WHERE replay_at IS NOT NULL;
CREATE TABLE sources (            -- the connections of the centre, as they were at its last heartbeat
  name TEXT PRIMARY KEY, url TEXT NOT NULL, codec TEXT NOT NULL, is_up INTEGER NOT NULL, since INTEGER, fault TEXT NOT NULL,
  last_at INTEGER, messages INTEGER NOT NULL, readings INTEGER NOT NULL, bad INTEGER NOT NULL, repeated INTEGER NOT NULL,
  orders INTEGER NOT NULL, unknown INTEGER NOT NULL, dropped INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE strangers (          -- topics, sensors and words that no table knows; at most a thousand
  source TEXT NOT NULL, what TEXT NOT NULL CHECK (what IN ('topic', 'sensor', 'word')), name TEXT NOT NULL,
  count INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (source, what, name)
) WITHOUT ROWID;
CREATE TABLE descriptions (       -- what devices say about their own sensors (discovery)
  source TEXT NOT NULL, topic TEXT NOT NULL, said TEXT NOT NULL, is_pending INTEGER NOT NULL, seen_at INTEGER NOT NULL, retired_at INTEGER,
  PRIMARY KEY (source, topic)
) WITHOUT ROWID;
CREATE TABLE links (              -- frames of radio devices: counted by number, so that the lost ones are known
  source TEXT NOT NULL, device TEXT NOT NULL, number INTEGER NOT NULL, received INTEGER NOT NULL, lost INTEGER NOT NULL, restarts INTEGER NOT NULL,
  last_at INTEGER NOT NULL, PRIMARY KEY (source, device)
) WITHOUT ROWID;
CREATE TABLE rule_states (
  sensor TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL,
  waits INTEGER NOT NULL DEFAULT 0,  -- time alone may bring something about
  PRIMARY KEY (sensor, rule)
) WITHOUT ROWID;
CREATE INDEX rule_states_waits ON rule_states (sensor, rule) WHERE waits;
CREATE TABLE sensors (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT, place TEXT, grid TEXT, area_class TEXT,
  lat REAL, lon REAL, parent TEXT, unit TEXT, retired_at INTEGER,
  version INTEGER NOT NULL DEFAULT 0,  -- of its last change: what is newer is taken up by the centre and the catalogue
  seeded INTEGER NOT NULL DEFAULT 0    -- it came from sensors.csv and goes when that no longer lists it
);
CREATE INDEX sensors_version ON sensors (version, id);
CREATE INDEX sensors_parent ON sensors (parent) WHERE parent != '' AND retired_at IS NULL;
CREATE INDEX sensors_kind ON sensors (kind, id) WHERE retired_at IS NULL;
CREATE TABLE stories (             -- a scenario at work (data.centre.scenes)
  id TEXT PRIMARY KEY,
  scenario TEXT NOT NULL, place TEXT NOT NULL, started_at INTEGER NOT NULL,
  done INTEGER NOT NULL,          -- moments of its timeline that are over
  can_warn INTEGER NOT NULL,      -- 1: there was a device on the site when it began
  next_at INTEGER, case_id TEXT, ended_at INTEGER,
  sensor TEXT,                    -- where an exercise plays; else its alarms say so
  roll TEXT                       -- the transfer roll's sum as last told: 14/39
);
CREATE UNIQUE INDEX stories_running ON stories (scenario, place) WHERE ended_at IS NULL;
CREATE INDEX stories_next ON stories (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX stories_case ON stories (case_id);
CREATE INDEX stories_place ON stories (scenario, place, started_at);
CREATE TABLE vital_samples (       -- indicators that have no history of their own, once an hour (data.vitals)
  name TEXT NOT NULL, hour INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (name, hour)
) WITHOUT ROWID;
CREATE TABLE exercises (           -- 演练: asked for by a person, begun by the centre
  id TEXT PRIMARY KEY,
  scenario TEXT NOT NULL, sensor TEXT, grid TEXT, address TEXT,
  asked_by TEXT NOT NULL, asked_at INTEGER NOT NULL, begun_at INTEGER, case_id TEXT
);
CREATE INDEX exercises_asked ON exercises (asked_at) WHERE begun_at IS NULL;
CREATE TABLE warnings (            -- 上级预警: one banner a row, whatever messages changed it
  id TEXT PRIMARY KEY,
  sender TEXT NOT NULL, status TEXT NOT NULL, severity TEXT NOT NULL, level INTEGER NOT NULL,
  event TEXT NOT NULL, headline TEXT NOT NULL, text TEXT, instruction TEXT, sender_name TEXT, area TEXT,
  sent INTEGER NOT NULL,          -- of the newest message
  onset INTEGER, expires INTEGER, received_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, cancelled_at INTEGER,
  joined TEXT,                    -- the warning that goes on for this one: their messages came out of order
  called INTEGER NOT NULL DEFAULT 0  -- the level at which the roster was called up; 0: it was not
);
CREATE INDEX warnings_updated ON warnings (updated_at);
CREATE TABLE warning_messages (    -- CAP messages taken, or named by one that was taken: each counts once
  sender TEXT NOT NULL, identifier TEXT NOT NULL, sent INTEGER NOT NULL, warning TEXT NOT NULL, taken INTEGER NOT NULL,
  PRIMARY KEY (sender, identifier, sent)
) WITHOUT ROWID;
CREATE TABLE story_alarms (story TEXT NOT NULL, alarm TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (story, alarm)) WITHOUT ROWID;
CREATE TABLE story_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
CREATE TABLE tallies (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;  -- kept, not counted: sensors in use
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL, operator TEXT NOT NULL, seat TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL,
  before TEXT NOT NULL, after TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX journal_subject ON journal (subject, seq);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE lease (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL, pid INTEGER NOT NULL, host TEXT NOT NULL, started_at INTEGER NOT NULL, renewed_at INTEGER NOT NULL,
  broker TEXT NOT NULL DEFAULT '', broker_down_since INTEGER, readings_per_s REAL NOT NULL DEFAULT 0,
  backlog INTEGER NOT NULL DEFAULT 0, reading_at INTEGER,
  write_ms REAL, clock_step_ms INTEGER, settings_fault TEXT
);
INSERT INTO lease (one, epoch, pid, host, started_at, renewed_at) VALUES (1, 0, 0, '', 0, 0);
"""


def open_desk(path: Path) -> sqlite3.Connection:
    """Open desk.db for reading and acts; the centre has made it. Raises `StoreError` when it is not there, not ready or too new."""
    if not path.exists():
        raise StoreError(because("store_none", file=str(path)))
    try:
        conn = connect(path)
        version = conn.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StoreError(because("store_unreadable", file=str(path), error=str(error))) from error
    if version < VERSION:  # a centre is at its steps, or has to take them first
        conn.close()
        raise StoreError(because("store_older" if version else "store_none", file=str(path)))
    if version > VERSION:
        conn.close()
        raise StoreError(because("store_newer", file=str(path), version=version))
    return conn


def is_made(path: Path) -> bool:
    """Whether a centre has made this desk."""
    try:
        open_desk(path).close()
    except StoreError as error:
        if error.reason.code in {"store_none", "store_older"}:
            return False
        raise
    return True


def migrate(path: Path) -> None:
    """Bring desk.db to this program's schema. Call with the lease held."""
    from sqlite_utils import Database

    conn = connect(path, checkpoints=True)
    if conn.execute("PRAGMA user_version").fetchone()[0] > VERSION:
        conn.close()
        open_desk(path)
    try:
        _migrations().apply(Database(conn, execute_plugins=False))
    finally:
        conn.close()


def _migrations() -> "Migrations":
    from sqlite_utils.migrations import Migrations

    steps = Migrations("desk")

    @steps()
    def first(db: "Database") -> None:
        for statement in _statements(_TABLES):
            db.conn.execute(statement)
        db.conn.execute("PRAGMA user_version=1")

    @steps()
    def feeds(db: "Database") -> None:
        db.conn.execute(_FEEDS)
        db.conn.execute("PRAGMA user_version=2")

    @steps()
    def thinned(db: "Database") -> None:
        # Readings that the running centre left out in floods, and when it did so last.
        db.conn.execute("ALTER TABLE lease ADD COLUMN thinned INTEGER NOT NULL DEFAULT 0")
        db.conn.execute("ALTER TABLE lease ADD COLUMN thinned_at INTEGER")
        db.conn.execute("PRAGMA user_version=3")

    @steps()
    def listened(db: "Database") -> None:
        for statement in _LISTENED:
            db.conn.execute(statement)
        db.conn.execute("PRAGMA user_version=4")

    @steps()
    def alarms_of_case(db: "Database") -> None:
        db.conn.execute("CREATE INDEX alarms_case ON alarms (case_id) WHERE case_id IS NOT NULL")
        db.conn.execute("PRAGMA user_version=5")

    _later(steps)
    return steps


def _later(steps: "Migrations") -> None:
    @steps()
    def summed(db: "Database") -> None:
        for statement in _SUMMED:
            db.conn.execute(statement)
        db.conn.execute("PRAGMA user_version=6")

    @steps()
    def calls(db: "Database") -> None:
        # The connection by which calls go first: since when it is down, and how many calls of the running centre went before their messages.
        db.conn.execute("ALTER TABLE lease ADD COLUMN calls_down_since INTEGER")
        db.conn.execute("ALTER TABLE lease ADD COLUMN calls_first INTEGER NOT NULL DEFAULT 0")
        db.conn.execute("PRAGMA user_version=7")

    @steps()
    def self_tests(db: "Database") -> None:
        # What the centre's self-tests said, the newest twelve (data.self_tests): known by looking, never journaled.
        db.conn.execute("CREATE TABLE self_tests (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, conclusion TEXT NOT NULL, wrong TEXT NOT NULL)")
        db.conn.execute("PRAGMA user_version=8")


# Known by hearing, not by a person's hand: never journaled.
_FEEDS = """
CREATE TABLE feeds (               -- by which of the further sources a sensor's values come
  sensor TEXT PRIMARY KEY, source TEXT NOT NULL,
  device TEXT,                    -- as the source calls it, where the source also says whether that is online
  stale_s REAL                    -- after how long a silence it is lost, where its own description says so
) WITHOUT ROWID
"""

_LISTENED = (
    "ALTER TABLE lease ADD COLUMN listened_at INTEGER",  # desk time of the newest heartbeat; `renewed_at` is real time
    "UPDATE lease SET listened_at = renewed_at WHERE renewed_at > 0",
    "CREATE TABLE deaf (began INTEGER PRIMARY KEY, ended INTEGER NOT NULL)",  # when no centre listened: silences do not count then
)

_OPENED_30_DAYS_AFTER = "day > {row}.opened_at - 93600000 AND day <= {row}.opened_at + 2592000000"
_THAT_DAY = "day > {at} - 93600000 AND day <= {at} AND until > {at}"

_SUMMED = (
    "CREATE INDEX sensors_at ON sensors (grid, kind) WHERE retired_at IS NULL",  # witnesses of a scenario stand by place and kind
    """CREATE TABLE vital_days (          -- copies of days that are over (data.vital_days); any may be missing
  day INTEGER NOT NULL, name TEXT NOT NULL, until INTEGER NOT NULL, made TEXT NOT NULL, parts TEXT NOT NULL, PRIMARY KEY (day, name)
) WITHOUT ROWID""",
    # A case that comes or moves may make the cases of the thirty days after it repeats, or no longer.
    f"""CREATE TRIGGER vital_days_new_case AFTER INSERT ON cases BEGIN
  DELETE FROM vital_days WHERE {_OPENED_30_DAYS_AFTER.format(row="new")}; END""",
    f"""CREATE TRIGGER vital_days_moved_case AFTER UPDATE OF class, grid, address, lat, lon, text, opened_at, exercise ON cases BEGIN
  DELETE FROM vital_days WHERE {_OPENED_30_DAYS_AFTER.format(row="old")};
  DELETE FROM vital_days WHERE {_OPENED_30_DAYS_AFTER.format(row="new")};
  DELETE FROM vital_days WHERE {_THAT_DAY.format(at="old.closed_at")}; END""",
    f"""CREATE TRIGGER vital_days_case AFTER UPDATE OF state, taken_at, closed_at, done_by ON cases BEGIN
  DELETE FROM vital_days WHERE {_THAT_DAY.format(at="old.opened_at")};
  DELETE FROM vital_days WHERE {_THAT_DAY.format(at="old.closed_at")};
  DELETE FROM vital_days WHERE {_THAT_DAY.format(at="new.closed_at")}; END""",
    f"""CREATE TRIGGER vital_days_alarm AFTER INSERT ON alarms BEGIN
  DELETE FROM vital_days WHERE {_THAT_DAY.format(at="new.raised_at")}; END""",
)


def _statements(script: str) -> list[str]:
    """Split a script at complete statements (`executescript` would commit the migration's transaction)."""
    statements, held = [], ""
    for line in script.splitlines():
        held += line + "\n"
        if sqlite3.complete_statement(held):
            statements.append(held)
            held = ""
    return statements
