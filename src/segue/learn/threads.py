"""One thread for linear algebra: on matrices as small as ours more of them wait for each other.

A training that takes 16 s of processor time with one thread took 55 s with two on a busy machine, for the
same result; and what sums in one order comes out the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Within the block numpy and scipy use the thread they are called on, and no other."""
    # only libraries that are there already can be told
    import numpy as np  # noqa: F401
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield
