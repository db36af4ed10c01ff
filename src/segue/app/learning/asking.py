"""What models are asked at the command line: recommendations, predictions, lookalikes, into Parquet files.

``at`` bounds what is known, and moves nothing else: persons are those of now, and so is the model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from segue.app.installation import Installation
from segue.app.learning import store
from segue.app.learning.consenting import consenting
from segue.app.learning.knowing import after_last, lake_source, last_moment
from segue.app.learning.parquet import Out
from segue.app.learning.scoring import is_sensitive
from segue.app.learning.store import Run
from segue.domain.identifiers import fragment_id, parse_id, parse_identifier
from segue.domain.rules.normalise import normalise_identifier
from segue.errors import ConflictError, InvalidInputError, NotFoundError
from segue.learn import catalogue
from segue.learn.knowledge import Knowledge
from segue.learn.model import NotEnoughError
from segue.learn.names import available, check_names
from segue.learn.profile.told import is_sensitive as sensitive_attribute
from segue.learn.runs import Runs
from segue.learn.threads import one_thread
from segue.ports.statements import statements

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.learn.purchases import Codes, Persons

_SQL = statements("segue.app.learning", "asking.sql")
Told = Callable[[float], None]
"""Progress, 0 to 1."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom something is wanted: one of the three."""

    everybody: bool = False
    #: ids, or ``KIND:VALUE``
    persons: tuple[str, ...] = ()


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What recommendations are asked for."""

    wanted: Wanted
    #: microseconds; None: just after the last orders
    at: int | None = None
    k: int = 10
    store: str | None = None
    basket: tuple[str, ...] = ()


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    file: str
    rows: int
    persons: int
    #: ``name@version``
    model: str
    #: persons who were asked for and are not known: they got what nobody known gets
    unknown: int = 0
    #: persons whose answer is a fallback
    fallbacks: int = 0
    #: persons of whom it is not said without their consent to personalisation
    withheld: int = 0
    #: what else is to be known, in a sentence
    said: str = ""


class _Whom(NamedTuple):
    """Somebody that was asked for: her code, or how she was called."""

    code: int | None
    called: str


def recommend(installation: Installation, asked: Asked, out: Path, told: Told) -> Answered:
    """Recommendations into a Parquet file; ConflictError before the model is trained."""
    from segue.learn.recommend.request import Request

    with _model(installation, "recommend", asked.at) as (run, fitted, known), Out(out, "recommend") as file:
        whom = _whom(installation, known.persons, asked.wanted)
        told(0.0)
        serving = fitted.serving(known, known.until)
        unknown = fallbacks = 0
        for number, each in enumerate(whom):
            request = Request(person=each.code, k=asked.k, store=asked.store, basket=asked.basket)
            found = serving.recommend(request)
            unknown += each.code is None
            fallbacks += found.fallback is not None
            for item in found.items:
                reason = item.reason if found.fallback is None else f"{item.reason} ({found.fallback})"
                file.add(*_named(known.persons, each), item.rank, item.sku, item.score, item.kind, reason)
            told((number + 1) / len(whom))
    return Answered(
        file=str(out),
        rows=file.rows,
        persons=len(whom),
        model=_called(run),
        unknown=unknown,
        fallbacks=fallbacks,
    )


def predict(installation: Installation, name: str, at: int | None, out: Path) -> Answered:
    """One prediction of everybody into a Parquet file; NotFoundError names what is predicted."""
    model = model_of(installation, name)
    with _model(installation, model, at) as (run, fitted, known), Out(out, "predict") as file:
        scores = {each.name: each for each in fitted.predict(known, known.until)}
        one = scores.get(name) or (next(iter(scores.values())) if len(scores) == 1 else None)
        if one is None:
            raise _no_prediction(name, sorted(scores))
        free = _free(installation, known, one.person, sensitive=is_sensitive(fitted.card, one.name))
        columns = (one.person.tolist(), one.value.tolist(), one.low.tolist(), one.high.tolist())
        for person, value, low, high in zip(*columns, strict=True):
            if person in free:
                file.add(*_named(known.persons, _Whom(person, "")), value, low, high, _called(run))
    withheld = len(one.person) - file.rows
    return Answered(file=str(out), rows=file.rows, persons=file.rows, model=_called(run), withheld=withheld)


def lookalike(installation: Installation, seed: str, out: Path) -> Answered:
    """Who is most like a seed (a segment's name, or a file of ``KIND:VALUE`` lines), into a Parquet file."""
    with _model(installation, "lookalike", None) as (run, fitted, known), Out(out, "lookalike") as file:
        codes, unknown = _seed(installation, known, seed)
        try:
            found = fitted.alike(known, codes)
        except NotEnoughError as error:
            raise InvalidInputError(str(error), cure="name a larger seed") from error
        for rank, each in enumerate(found, 1):
            file.add(
                *_named(known.persons, _Whom(int(each.person), "")), rank, float(each.score), each.reason
            )
    return Answered(file=str(out), rows=file.rows, persons=len(codes), model=_called(run), unknown=unknown)


def fill(installation: Installation, seed: str, attribute: str, out: Path) -> Answered:
    """What an attribute probably is for those of a seed who did not tell it, into a Parquet file.

    NotFoundError for an attribute that nobody told, InvalidInputError where too few did.
    """
    now = 1 + int(installation.clock.now())
    with _model(installation, "lookalike", now) as (run, fitted, known), Out(out, "fill") as file:
        _check_told(known, attribute)
        codes, unknown = _seed(installation, known, seed)
        try:
            # what was told after the last order was told all the same
            found = fitted.fill(known, attribute, after_last(known.purchases()), persons=codes)
        except NotEnoughError as error:
            raise InvalidInputError(str(error), cure="ask more customers for it") from error
        one = found.scores
        free = _free(installation, known, one.person, sensitive=sensitive_attribute(attribute))
        rows = zip(one.person.tolist(), one.label, one.value.tolist(), one.reasons, strict=True)
        for person, label, sure, why in rows:
            if person in free:
                named = _named(known.persons, _Whom(person, ""))
                file.add(*named, label, sure, "; ".join(why), _called(run))
    right = "" if math.isnan(found.accuracy) else f", {found.accuracy:.0%} of them rightly"
    return Answered(
        file=str(out), rows=file.rows, persons=len(codes), model=_called(run), unknown=unknown,
        withheld=len(one.person) - file.rows,
        said=f"tried on those who told it, {found.coverage:.0%} would have got a value{right}",
    )  # fmt: skip


def _check_told(known: Knowledge, attribute: str) -> None:
    from difflib import get_close_matches

    names = sorted(known.attributes())
    if attribute not in names:
        near = get_close_matches(attribute, names, n=1)
        listed = f"there are {', '.join(names[:40])}" if names else "send them with identify"
        cure = f"did you mean {near[0]!r}?" if near else listed
        raise NotFoundError(f"nobody told an attribute {attribute[:80]!r}", cure=cure)


def _free(installation: Installation, known: Knowledge, persons: Codes, *, sensitive: bool) -> set[int]:
    """Codes of those of whom it may be said; what is sensitive needs their consent."""
    if not sensitive:
        return set(persons.tolist())
    ids = known.persons.ids
    agreed = consenting(installation, [ids[code] for code in persons.tolist()])
    return {code for code in persons.tolist() if ids[code] in agreed}


# ── models ────────────────────────────────────────────────────────────────────


@contextmanager
def _model(installation: Installation, name: str, at: int | None) -> Iterator[tuple[Run, Any, Knowledge]]:
    """The model in force, and what was known before a moment; ConflictError when there is none."""
    run = in_force(installation, name)
    fitted = Runs(installation.data).load(catalogue.model(name), run.version)
    with lake_source(installation) as source, one_thread():
        yield run, fitted, Knowledge(source, last_moment(installation, source) if at is None else at)


def in_force(installation: Installation, name: str) -> Run:
    """The run in force; ConflictError with the cure before the model is trained."""
    check_names([name])
    with installation.database.transaction(read_only=True) as session:
        run = store.present_of(session, name)
    if run is None:
        raise ConflictError(f"the model {name!r} is not trained yet", cure=f"train it: `segue train {name}`")
    return run


def model_of(installation: Installation, name: str) -> str:
    """The model that makes a prediction; NotFoundError for a prediction that none makes."""
    with installation.database.transaction(read_only=True) as session:
        present = store.present(session)
    for model, run in present.items():
        if name in run.says:
            return model
    if name in available():
        return name
    if not present:
        raise ConflictError("no model is trained yet", cure="train them: `segue train`")
    raise _no_prediction(name, sorted(each for run in present.values() for each in run.says))


def _no_prediction(name: str, names: Sequence[str]) -> NotFoundError:
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    known = f"there are {', '.join(names[:40])}" if names else "see `segue models list`"
    return NotFoundError(
        f"no model predicts {name[:80]!r}", cure=f"did you mean {near[0]!r}?" if near else known
    )


def _called(run: Run) -> str:
    return f"{run.model}@{run.version}"


# ── persons ───────────────────────────────────────────────────────────────────


def _named(persons: Persons, whom: _Whom) -> tuple[str | None, Sequence[str]]:
    """Her id and identifiers; of who is not known, how she was called."""
    if whom.code is None:
        return None, [whom.called]
    return persons.ids[whom.code], persons.identifiers[whom.code]


def _whom(installation: Installation, persons: Persons, wanted: Wanted) -> list[_Whom]:
    if wanted.everybody:
        return [_Whom(code, "") for code in range(len(persons))]
    found = find_codes(installation, persons, wanted.persons)
    return [_Whom(code, called) for called, code in zip(wanted.persons, found, strict=True)]


def find_codes(installation: Installation, persons: Persons, called: Sequence[str]) -> list[int | None]:
    """Codes of persons by any id of theirs or by ``KIND:VALUE``; None for who is not known.

    InvalidInputError for what is neither.
    """
    fragments = [_fragment(installation, each) for each in called]
    ids = [each for each in fragments if each is not None]
    with installation.database.transaction(read_only=True) as session:
        found = {bytes(row[0]): row[1] for row in session.fetch(_SQL["persons_of"], ids=ids)}
    return [None if each is None else persons.code.get(found.get(each, "")) for each in fragments]


def _fragment(installation: Installation, called: str) -> bytes | None:
    if ":" not in called:
        return bytes(parse_id(called))
    kind, value = parse_identifier(called)
    known = normalise_identifier(installation.rules().identity, kind, value)
    return None if known is None else bytes(fragment_id(installation.secret, known.kind, known.value))


def read_persons_file(path: Path) -> tuple[str, ...]:
    """The lines of a file, one ``KIND:VALUE`` (or id) each; InvalidInputError names a wrong line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {path}", cure="check the path") from None
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path} is not UTF-8", cure="save it as UTF-8") from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    for number, line in lines:
        if line and ":" not in line:
            try:
                parse_id(line)
            except InvalidInputError as error:
                raise InvalidInputError(
                    f"{path}, line {number} is no KIND:VALUE",
                    cure="write one KIND:VALUE a line, like email:ann@example.com",
                ) from error
    found = tuple(line for _, line in lines if line)
    if not found:
        raise InvalidInputError(f"{path} names nobody", cure="write one KIND:VALUE a line")
    return found


def _seed(installation: Installation, known: Knowledge, seed: str) -> tuple[Codes, int]:
    """The persons of a segment, or of a file; and how many of the file are not known."""
    named = {each.name for each in installation.rules().segments}
    if seed in named or not Path(seed).exists():
        return known.segment(seed), 0
    found = find_codes(installation, known.persons, read_persons_file(Path(seed)))
    codes: NDArray[np.int32] = np.asarray(sorted({each for each in found if each is not None}), np.int32)
    if not len(codes):
        raise InvalidInputError(f"nobody in {seed} is known", cure="check kinds and values")
    return codes, sum(each is None for each in found)
