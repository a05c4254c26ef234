"""Records in ``crons.json`` what croniter, which is not ours, says of crons: the next three times.

``python crons.py`` with croniter 7.0.0 and tzdata.
"""

import datetime
import json
import zoneinfo
from pathlib import Path

from croniter import croniter

CRONS = [
    "* * * * *",
    "5 4 * * *",
    "0 9 * * 4",
    "*/15 9-17 * * 1-5",
    "0 0 1 * *",
    "30 2 * * *",
    "0 0 29 2 *",
    "0 0 31 * *",
    "0 12 1,15 * 1",
    "0 0 13 * 5",
    "0 22 * * 0",
    "0 22 * * 7",
    "0 9 * * MON-FRI",
    "0 0 1 jan,jul *",
    "10-20/5 3 * * *",
    "0 1-23/2 * * 6",
    "0 3 */2 * *",
    "7 0-4,20-23 * 6-8 *",
    "0 2 * * *",
    "*/20 1-3 * * *",
]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
STARTS = [
    "2026-11-30T20:17:31+00:00",
    "2027-03-13T22:00:00+00:00",
    "2027-03-28T00:10:00+00:00",
    "2026-10-25T00:15:00+00:00",
    "2026-11-01T04:59:59+00:00",
    "2028-02-28T23:59:30+00:00",
]


def next_times(cron: str, zone: str, start: str) -> list[int]:
    """Returns unix seconds."""
    moment = datetime.datetime.fromisoformat(start).astimezone(zoneinfo.ZoneInfo(zone))
    times = croniter(cron, moment)
    return [int(times.get_next(float)) for _ in range(3)]


lines = [
    json.dumps([cron, zone, start, next_times(cron, zone, start)])
    for cron in CRONS
    for zone in ZONES
    for start in STARTS
]
Path(__file__).with_name("crons.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
