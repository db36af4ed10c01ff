"""What a law says of customers with a history. Answers are ``(n,)``, in the order of the customers.

Given that she is alive, p is beta (a, b + x + m) and λ is gamma (r + kx + j, α + T) with the stages j
weighed as in the likelihood. Purchases until T + t are ⌊(j + N) / k⌋ for N Poisson (λt), cut by her death,
so with q^k = 1 − p

    E[purchases | p] = (1 − E[(1 − p)^⌊(j+N)/k⌋]) / p

and the floor is taken by the k-th roots of unity, each of which has a closed form in λ. p is then
integrated by Gauss-Jacobi quadrature, whose weight is that very beta: a smooth function is left, and no
hypergeometric series that would overflow for who buys often or be singular at a = 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.stats.btyd.counting import Law, terms
from segue.stats.btyd.customers import Customers, grouped

Floats = NDArray[np.float64]

NODES = 24
#: below this p, dying makes no difference within any horizon, while 1 - (1 - p)^y loses its digits
LEAST = 1e-9
PORTION = 20_000


def alive(law: Law, each: Customers) -> Floats:
    """Chance that she is still a customer."""
    rows, group = grouped(each)
    return _alive(law, rows)[group]


def buys(law: Law, each: Customers, span: float) -> Floats:
    """Chance of at least one purchase within ``span`` from now."""
    rows, group = grouped(each)
    later = Customers(rows.frequency, rows.recency, rows.age + span, rows.weight)
    still_waiting = np.exp(terms(law, later).living - terms(law, rows).living)
    chance: Floats = _alive(law, rows) * np.clip(1 - still_waiting, 0, 1)
    return chance[group]


def expected(law: Law, each: Customers, span: float) -> Floats:
    """Expected purchases within ``span`` from now."""
    rows, group = grouped(each)
    count = _alive(law, rows) * _while_alive(law, rows, span)
    return count[group]


def _alive(law: Law, rows: Customers) -> Floats:
    parts = terms(law, rows)
    chance: Floats = np.exp(parts.living - parts.total)
    return chance


def _while_alive(law: Law, rows: Customers, span: float) -> Floats:
    """Expected purchases of who is alive now, in portions so that memory stays small."""
    count = np.empty(len(rows))
    distinct, place = np.unique(rows.frequency, return_inverse=True)
    nodes, weights = beta_nodes(law.a, law.b + law.shift + distinct, NODES)
    for start in range(0, len(rows), PORTION):
        part = slice(start, start + PORTION)
        some = Customers(rows.frequency[part], rows.recency[part], rows.age[part], rows.weight[part])
        given_p = _given_p(law, some, span, nodes[place[part]])
        count[part] = (weights[place[part]] * given_p).sum(axis=1)
    return count


def _given_p(law: Law, rows: Customers, span: float, p: Floats) -> Floats:
    """Expected purchases for each customer and each p ``(n, nodes)``."""
    p = np.maximum(p, LEAST)
    k, now = law.k, (law.alpha + rows.age)[:, None]
    power = (law.r + k * rows.frequency)[:, None]
    if k == 1:
        once: Floats = -np.expm1(-power * np.log1p(p * (span / now))) / p
        return once
    shares = _stages(law, rows)[:, :, None]
    q, horizon = (1 - p) ** (1 / k), span / now
    survives = np.zeros_like(p)
    for root in range(k // 2 + 1):
        real = root in {0, k / 2}
        z = q * np.cos(2 * np.pi * root / k) if real else q * np.exp(2j * np.pi * root / k)
        below = 1 + (1 - z) * horizon
        moments = _polynomial(shares, z / below) * np.exp(-power * np.log(below))
        filters = _polynomial(np.ones(k), 1 / z)
        survives += (1 if real else 2) / k * (filters * moments).real
    return np.clip(1 - survives, 0, None) / p


def _polynomial(coefficients: Floats, z: NDArray[Any]) -> NDArray[Any]:
    """Sum of coefficient times power, lowest first."""
    total = np.zeros_like(z)
    for coefficient in coefficients[::-1]:
        total = total * z + coefficient
    return total


def _stages(law: Law, rows: Customers) -> Floats:
    """Chances of the Erlang stages passed, given that she is alive ``(k, n)``."""
    parts = terms(law, rows)
    shares: Floats = np.exp(parts.alive - parts.living)
    return shares


def beta_nodes(a: float, b: Floats, count: int) -> tuple[Floats, Floats]:
    """Nodes in (0, 1) and weights that integrate over beta (a, b) for each ``b`` ``(m,)``: ``(m, count)``.

    Golub and Welsch: the eigenvalues of the three-term recurrence of Jacobi's polynomials, shifted to [0,
    1]; exact for polynomials of degree 2 count − 1.
    """
    n = np.arange(count, dtype=np.float64)
    u, w = np.asarray(b, np.float64)[:, None] - 1, a - 1
    s = 2 * n + u + w
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (w * w - u * u) / (s * (s + 2))
        above = 4 * n * (n + u) * (n + w) * (n + u + w) / (s * s * (s + 1) * (s - 1))
    middle[:, 0] = ((w - u) / (u + w + 2))[:, 0]
    above[:, 1] = (4 * (1 + u) * (1 + w) / ((u + w + 2) ** 2 * (u + w + 3)))[:, 0]
    matrix = np.zeros((len(u), count, count))
    places = np.arange(count)
    matrix[:, places, places] = middle
    off = np.sqrt(np.maximum(above[:, 1:], 0))
    matrix[:, places[1:], places[:-1]] = off
    values, vectors = np.linalg.eigh(matrix)
    return np.clip((values + 1) / 2, 0, 1), vectors[:, 0, :] ** 2
