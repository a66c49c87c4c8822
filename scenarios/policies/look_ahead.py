"""An autoscaler of one's own: the replicas that the requests will need when a replica started now is ready.

sim/policy/README.md is the guide.
"""

import math

from idlewatt import AutoscaleDecision, to_seconds, to_ticks


class LookAhead:
    """Follows the trend of the pool's requests over the time that a replica takes to start."""

    def __init__(self, target, interval_s=15, smoothing=0.3, most_fewer=1):
        self.target = target
        self.interval_s = interval_s
        self.smoothing = smoothing
        self.most_fewer = most_fewer
        self.level = None
        self.trend_per_s = 0.0

    def decide(self, view):
        if self.level is None:
            self.level = view.mean_outstanding
        # Holt's two equations: a level, and how it changes.
        before = self.level
        expected = self.level + self.trend_per_s * self.interval_s
        self.level = expected + self.smoothing * (view.mean_outstanding - expected)
        self.trend_per_s += self.smoothing * ((self.level - before) / self.interval_s - self.trend_per_s)
        then = self.level + max(self.trend_per_s, 0.0) * to_seconds(view.cold_start)
        wanted = math.ceil(max(then, 0.0) / self.target)
        return AutoscaleDecision(
            replicas=max(wanted, view.target - self.most_fewer), wake_at=view.now + to_ticks(self.interval_s)
        )
