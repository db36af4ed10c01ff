"""Texts with places in them, in Liquid, the field's language. Nothing outside what is given can be reached.

A template may say ``person.*`` (her facts, where they may be told), ``product.*``, ``products``,
``context.*`` and ``basket.*``. Loops, ranges, filters, output and nesting are bounded, so that no template
can stop a till, whatever a visitor says of her moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from segue.errors import DefinitionError

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment, RenderContext
    from liquid.builtin.expressions.primitive import RangeLiteral
    from liquid.expression import Expression

PERSON = "person"
SCOPE = (PERSON, "product", "products", "context", "basket", "action", "discount")
"""What a template may name."""

WHOLE = "*"
"""In place of a fact's name: any of them."""

_LONGEST = 20_000
"""Characters of a text when it is written out."""
_WIDEST = 1_000
"""Numbers of a range, as of a loop."""
_MOST = 1_000_000
"""What is given to a filter: its length, times that of the longest thing it is given beside."""


@cache
def _environment() -> Environment:
    from liquid import Environment

    class Bounded(Environment):  # type: ignore[misc, unused-ignore]
        loop_iteration_limit = 1_000
        output_stream_limit = _LONGEST
        local_namespace_limit = 20_000
        context_depth_limit = 10
        block_nesting_limit = 20

    found = Bounded(autoescape=False)
    found.filters.update({name: _moderate(name, each) for name, each in found.filters.items()})
    return found


def _moderate(name: str, wanted: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, for what it can do in a moment: what it makes grows with the product of the lengths."""
    from liquid.exceptions import ResourceLimitError

    def bounded(left: Any, *others: Any, **named: Any) -> Any:
        if _length(left) * max(map(_length, others), default=1) > _MOST:
            raise ResourceLimitError(f"too much for {name}", token=None)
        return wanted(left, *others, **named)

    for mark in ("with_context", "with_environment"):
        setattr(bounded, mark, getattr(wanted, mark, False))
    return bounded


def _length(value: Any) -> int:
    return max(1, len(value)) if isinstance(value, (str, bytes, Sequence, Mapping)) else 1


@lru_cache(maxsize=4_096)
def _template(text: str) -> BoundTemplate:
    from liquid import RenderContext

    found = _environment().from_string(text)
    static = RenderContext(found)
    nodes = list(found.nodes)
    while nodes:
        node = nodes.pop()
        for each in node.expressions():
            _narrow(each)
        nodes += node.children(static, include_partials=False)
    return found


def _narrow(expression: Expression) -> None:
    """Have the ranges in an expression fail that are wider than a loop may be long.

    A range is lazy, but who skips its beginning, looks for something in it or sorts it goes through it all.
    """
    from liquid.builtin.expressions.primitive import RangeLiteral

    for each in expression.children():
        _narrow(each)
    if isinstance(expression, RangeLiteral):
        expression.stop = _ends()(expression)


@cache
def _ends() -> Callable[[RangeLiteral], Expression]:
    """The end of a range, which fails where it is too far from its beginning."""
    from liquid.builtin.expressions.primitive import RangeLiteral
    from liquid.exceptions import ResourceLimitError
    from liquid.expression import Expression

    class End(Expression):  # type: ignore[misc, unused-ignore]
        def __init__(self, of: RangeLiteral) -> None:
            super().__init__(of.token)
            self.whole = RangeLiteral(of.token, of.start, of.stop)

        def evaluate(self, context: RenderContext) -> object:
            found = self.whole.evaluate(context)
            if found.stop - found.start > _WIDEST:
                raise ResourceLimitError("a range of too many", token=self.token)
            return self.whole.stop.evaluate(context)

        def children(self) -> Iterable[Expression]:
            return [self.whole.stop]

    return End


def is_plain(text: str) -> bool:
    """Whether a text has no places at all."""
    return "{{" not in text and "{%" not in text


def check_template(text: str, where: str) -> None:
    """DefinitionError where the text cannot be read, runs for ever, or names what there is not."""
    if is_plain(text):
        return
    try:
        template = _template(text)
        names = sorted(template.global_variables())
        template.render()
    except Exception as error:  # whatever a stranger's template makes of the library
        says = " ".join(str(error).split())[:200] or type(error).__name__
        raise DefinitionError(
            f"{where}: no template: {says}", cure="correct the Liquid", place=where
        ) from error
    if WHOLE in personal_facts(text):
        cure = "name the fact, as in person.first_name: facts that are told are counted"
        raise DefinitionError(f"{where}: all that is known of her is no text", cure=cure, place=where)
    strange = [name for name in names if name not in SCOPE]
    if strange:
        cure = f"a template knows {', '.join(SCOPE)}"
        raise DefinitionError(f"{where}: there is no {strange[0]!r}", cure=cure, place=where)


@lru_cache(maxsize=4_096)
def personal_facts(text: str) -> frozenset[str]:
    """The facts of a person that a text may tell: ``first_name``; :data:`WHOLE` where it may tell any."""
    if is_plain(text):
        return frozenset()
    paths = _template(text).global_variable_segments()
    return frozenset(_fact(path[1:]) for path in paths if path[0] == PERSON)


def _fact(path: Sequence[Any]) -> str:
    """``address.city``; one whose name is only known when it is written out could be any."""
    known = bool(path) and all(isinstance(part, (str, int)) for part in path)
    return ".".join(map(str, path)) if known else WHOLE


def write_out(text: str, scope: Mapping[str, Any]) -> str:
    """The text with its places filled; empty where the template fails with these values."""
    if is_plain(text):
        return text
    from liquid.exceptions import LiquidError

    try:
        return str(_template(text).render(**scope))
    except (LiquidError, ArithmeticError, ValueError, TypeError, RecursionError):
        return ""


__all__ = ["PERSON", "SCOPE", "WHOLE", "check_template", "is_plain", "personal_facts", "write_out"]
