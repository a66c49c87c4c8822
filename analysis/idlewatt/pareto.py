"""Which runs no other beats in two measures at once."""

from __future__ import annotations

import math
from collections.abc import Sequence


def front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Indices of the points with no other that is lower or equal in both, and lower in one; by their first number.

    Points with a NaN are in no front.
    """
    order = sorted((point, index) for index, point in enumerate(points) if not any(map(math.isnan, point)))
    found: list[int] = []
    least = math.inf
    for (x, y), index in order:
        twin = found and points[found[-1]] == (x, y)
        if y < least or twin:
            found.append(index)
            least = min(least, y)
    return found
