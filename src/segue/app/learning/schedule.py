"""When models are trained by themselves: at an hour of the night, when enough has happened since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segue.app.installation import Installation
from segue.app.learning.jobs import SQL, TrainingDesk
from segue.app.logs import Log
from segue.domain.order import micros
from segue.errors import ConflictError

if TYPE_CHECKING:
    from segue.app.learning.views import TrainingJob

ACTOR = "schedule"
LEAST_NEW = 1_000
"""Events that must have come since the last training."""
LEAST_SHARE = 0.01
"""… and as a share of all there were then."""

_LOG = Log("segue.schedule")


def next_run(train_at: str, zone: str, after: int) -> int | None:
    """The first moment after ``after`` (microseconds) at the local time ``HH:MM``; None for ``never``."""
    if train_at == "never":
        return None
    hour, minute = map(int, train_at.split(":"))
    local = datetime.fromtimestamp(after / 1e6, UTC).astimezone(ZoneInfo(zone))
    at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    while micros(at.astimezone(UTC)) <= after:
        at = (at.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    return int(micros(at.astimezone(UTC)))


class Schedule:
    """Asked now and then by the keeper; remembers from when on it has been looking."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._after = int(installation.clock.now())

    def look(self) -> TrainingJob | None:
        """Begin a training when one is due and worth it."""
        settings = self._installation.settings
        due = next_run(settings.train_at, settings.time_zone, self._after)
        now = int(self._installation.clock.now())
        if due is None or now < due:
            return None
        self._after = now
        if not self._is_worth_it():
            return None
        try:
            return TrainingDesk(self._installation).start((), ACTOR)
        except ConflictError:
            _LOG.warning("training_is_running_already")
            return None

    def _is_worth_it(self) -> bool:
        with self._installation.database.transaction(read_only=True) as session:
            [(events, before, _)] = session.fetch(SQL["news"])
        new = events - (before or 0)
        return bool(new >= LEAST_NEW and new >= LEAST_SHARE * (before or 0))
