"""The program's own policies once more in Python, to be compared with it, and one for each family."""

import math

from idlewatt import (
    NEVER,
    NO_REPLICA,
    AutoscaleDecision,
    EmptyServerDecision,
    IdleAction,
    IdleDecision,
    RestDecision,
    to_ticks,
)


class QueueTarget:
    """queue-target of queue_target.cpp."""

    def __init__(self, target=8, most_fewer=1, interval_s=15):
        self.target, self.most_fewer, self.interval = target, most_fewer, to_ticks(interval_s)

    def decide(self, view):
        wanted = math.ceil(view.outstanding / self.target)
        return AutoscaleDecision(replicas=max(wanted, view.target - self.most_fewer), wake_at=view.now + self.interval)


class Keeps:
    """`static`."""

    def decide(self, view):
        return AutoscaleDecision(view.start)


class PowerOffAfter:
    """power-off-after: stops and powers off what has idled for a while."""

    def __init__(self, after_s, server_after_s, wake_above):
        self.after, self.server_after, self.wake_above = to_ticks(after_s), to_ticks(server_after_s), wake_above

    def begin(self, costs):
        assert costs.server_off.saved_w > 0 and costs.sleep.back > 0

    def replica_idle(self, view):
        due = view.idle_since + self.after
        return IdleDecision(IdleAction.unload) if view.now >= due else IdleDecision(IdleAction.keep, due)

    def replica_resting(self, view):
        return RestDecision(False, NEVER)

    def server_empty(self, view):
        due = view.idle_since + self.server_after
        return EmptyServerDecision(True) if view.now >= due else EmptyServerDecision(False, due)

    def wake(self, view):
        return view.awake == 0 or view.outstanding > self.wake_above * view.awake

    def idle_ended(self, idle):
        assert idle >= 0

    def starts_off(self):
        return True

    def shortest_wait(self):
        return min(self.after, self.server_after)


class QueueLimit:
    """queue-limit: turns away what finds too many waiting."""

    def __init__(self, per_replica, at_least):
        self.per_replica, self.at_least = per_replica, at_least

    def admit(self, request, pool):
        assert request.prompt_tokens > 0 and pool.service.capacity_rps > 0
        return pool.load.waiting < max(self.per_replica * pool.load.ready, self.at_least, 1)


class RoundRobin:
    """round-robin: each replica in turn."""

    def __init__(self):
        self.available, self.last = [], -1

    def resize(self, replicas):
        self.available += [False] * (replicas - len(self.available))

    def load_changed(self, replica, load):
        self.available[replica] = load.available

    def route(self, request, random):
        count = len(self.available)
        for i in range(1, count + 1):
            replica = (self.last + i) % count
            if self.available[replica]:
                self.last = replica
                return replica
        return NO_REPLICA


class Random:
    """Any available replica, by the pool's own stream of random numbers."""

    def __init__(self):
        self.available = set()

    def resize(self, replicas):
        pass

    def load_changed(self, replica, load):
        (self.available.add if load.available else self.available.discard)(replica)

    def route(self, request, random):
        return sorted(self.available)[int(random.uniform() * len(self.available))] if self.available else NO_REPLICA


class LeastOutstandingPool:
    """least-outstanding of routing across pools: the least work, of equals the first."""

    def route(self, request, pools):
        assert pools[0].service.estimate(request.prompt_tokens, pools[0].load).limit_use(request) > 0
        seconds = [(pool.load.outstanding + 1) / pool.capacity_rps for pool in pools]
        return seconds.index(min(seconds))


class Fifo:
    """fifo: whoever has waited longest for power."""

    def rank(self, waiting):
        return 0.0

    def overtaking(self):
        return False
