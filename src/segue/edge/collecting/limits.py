"""How often one key may be used from one address."""

from __future__ import annotations

from segue.domain.order import SECOND

_MOST_BUCKETS = 50_000


class RateLimiter:
    """Token buckets by (key, address), each as large as what it refills with in a second."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._buckets: dict[tuple[str, str], tuple[float, int]] = {}

    def allows(self, key_id: str, address: str, now: int) -> bool:
        """Take one from the bucket; False when it is empty. ``now`` in microseconds."""
        name = (key_id, _network(address))
        left, at = self._buckets.get(name, (float(self.per_second), now))
        left = min(self.per_second, left + max(0, now - at) * self.per_second / SECOND)
        if left < 1:
            return False
        if len(self._buckets) >= _MOST_BUCKETS and name not in self._buckets:
            self._forget(now)
        self._buckets[name] = (left - 1, now)
        return True

    def _forget(self, now: int) -> None:
        """Buckets untouched for a second are full again, which is what a new one is; else forget all."""
        kept = {name: bucket for name, bucket in self._buckets.items() if now - bucket[1] < SECOND}
        self._buckets = kept if len(kept) < _MOST_BUCKETS else {}


def _network(address: str) -> str:
    """An IPv6 household has 2⁶⁴ addresses; they count as one."""
    return ":".join(address.split(":")[:4]) if ":" in address else address
