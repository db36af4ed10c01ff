"""The model of profiles: attributes that were not told, guessed from baskets, and tastes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from segue.learn.drift import baseline
from segue.learn.knowledge import Knowledge
from segue.learn.model import Card, Contest, Fitted, Metric, Model, NotEnoughError, Scores, Task, Tell, Weight
from segue.learn.profile import axes as tastes
from segue.learn.profile import measuring
from segue.learn.profile.abstain import Threshold
from segue.learn.profile.behaviour import NAMES as HABITS
from segue.learn.profile.behaviour import behaviour
from segue.learn.profile.keeping import Kept, LearntAttribute, read_views, write_views
from segue.learn.profile.reasons import reasons_of
from segue.learn.profile.stack import fit_stack
from segue.learn.profile.told import SENSITIVE_AXES, Answers, held_out, is_sensitive, learnable
from segue.learn.profile.views import View, Words, fit_views
from segue.learn.profile.worth import Tried, value_of_data
from segue.learn.purchases import Purchases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FILE: Final = "profile.json"
PERSONS: Final = 30
"""Persons with enough lines without whom nothing is fitted."""
TOLD: Final = "as she told it"

LIMITS: Final = (
    "Guesses hold on average over customers like her; of one customer they may be wrong as often as stated.",
    "Learnt from those who told us, who may differ from those who did not.",
    "Tastes are shares of what is bought here; what is bought elsewhere is not seen.",
)


class FittedProfile(Fitted):
    """A fitted model of profiles."""

    def __init__(self, kept: Kept, views: Mapping[str, View], card: Card) -> None:
        self.kept = kept
        self.views = views
        self.card = card

    def predict(self, known: Knowledge, at: int, persons: NDArray[np.int32] | None = None) -> list[Scores]:
        """``profile.NAME`` of each attribute (as told where it was), ``profile.axis_NAME`` of each axis."""
        bounded = known.before(at)
        bought = bounded.purchases()
        who = with_enough(bought)
        if persons is not None:
            who = np.intersect1d(who, persons.astype(np.int64))
        said = Words(bought, who)
        columns = {name: view.matrix(said) for name, view in self.views.items()} if len(who) else {}
        scores = [self._attribute(each, bounded, said, columns) for each in self.kept.attributes]
        return scores + self._tastes(bought, who)

    def _attribute(
        self,
        learnt: LearntAttribute,
        known: Knowledge,
        words: Words,
        columns: Mapping[str, Floats],
    ) -> Scores:
        who = words.persons
        empty = np.zeros((0, len(learnt.classes)))
        chances = learnt.stack.chances(columns) if len(who) else empty
        best = chances.argmax(axis=1) if len(who) else np.zeros(0, np.int64)
        value = chances.max(axis=1) if len(who) else np.zeros(0)
        label: list[str | None] = [
            learnt.classes[code] if sure >= learnt.threshold.confidence else None
            for code, sure in zip(best.tolist(), value.tolist(), strict=True)
        ]
        reasons = reasons_of(self.views.get("types"), learnt.stack, words, best, label)
        value = value.copy()
        said = told_by(known, learnt.name)
        for row, person in enumerate(who.tolist()):
            if person in said:
                value[row], label[row], reasons[row] = 1.0, said[person], [TOLD]
        return Scores(
            f"profile.{learnt.name}", who.astype(np.int32), value, value, value, label=label, reasons=reasons
        )

    def _tastes(self, bought: Purchases, who: Ints) -> list[Scores]:
        lines = tastes.line_axes(bought)
        hits, count = tastes.shares(bought, who, lines)
        found = []
        for axis in self.kept.axes:
            place = tastes.place(axis, hits.get(axis.name, np.zeros(len(who))), count)
            reasons = tastes.said_by(bought, who, lines.get(axis.name))
            found.append(
                Scores(
                    f"profile.axis_{axis.name}",
                    who.astype(np.int32),
                    place.value,
                    place.low,
                    place.high,
                    reasons=reasons,
                )
            )
        return found

    def explain(self, known: Knowledge, at: int, person: int) -> list[str]:
        """What her guesses rest on, surest first, then her strongest tastes."""
        scores = self.predict(known, at, np.asarray([person], np.int32))
        said = []
        for each in scores:
            if not len(each.person):
                continue
            name, reasons = each.name.removeprefix("profile."), (each.reasons or [[]])[0]
            if each.label is not None and each.label[0] is not None:
                said.append((float(each.value[0]), f"{name}: {each.label[0]}: {', '.join(reasons)}"))
            elif each.label is None and each.value[0] >= 0.8:
                said.append(
                    (float(each.value[0]) - 1.0, f"{name.removeprefix('axis_')}: {', '.join(reasons)}")
                )
        words = [text for _, text in sorted(said, key=lambda pair: (-pair[0], pair[1]))]
        return words or ["too little is known of her to say anything"]

    def observe(self, known: Knowledge, at: int) -> dict[str, Floats]:
        """How everybody shops, for drift."""
        bought = known.before(at).purchases()
        return habits(bought, with_enough(bought))

    def evaluate(self, known: Knowledge, task: Task) -> list[Metric]:
        """The metrics on the persons whom no model of profiles is ever fitted on, as of ``task.until``."""
        bounded = known.before(task.until)
        bought = bounded.purchases()
        who = with_enough(bought)
        kept_out = held_out(list(bought.persons.ids))
        every = [self._answers(bounded, each) for each in self.kept.attributes]
        guessed = self.guesses(Words(bought, who[kept_out[who]]), every)
        return measuring.metrics(
            guessed, measuring.yardsticks(bought, who, kept_out, every), seed=task.seed
        ) + (measuring.reliability(bought, who, self.kept.axes))

    def beside(self, old: Fitted, known: Knowledge, task: Task) -> Contest | None:
        """Macro AUC over the attributes that both learnt in the same classes, on the same persons."""
        if not isinstance(old, FittedProfile):
            return None
        bounded = known.before(task.until)
        bought = bounded.purchases()
        who = with_enough(bought)
        said = Words(bought, who[held_out(list(bought.persons.ids))[who]])
        classes = {each.name: each.classes for each in old.kept.attributes}
        both = [each for each in self.kept.attributes if classes.get(each.name) == each.classes]
        every = [self._answers(bounded, each) for each in both]
        new, other = self.guesses(said, every), old.guesses(said, every)
        return measuring.contested(new, other, len(said.persons))

    def guesses(self, said: Words, every: Sequence[Answers]) -> list[measuring.Guess]:
        """What is guessed of those of these persons who told each of these attributes."""
        test = said.persons
        columns = {name: view.matrix(said) for name, view in self.views.items()} if len(test) else {}
        learnt = {each.name: each for each in self.kept.attributes}
        found = []
        for answers in every:
            rows, truth = _asked(test, answers)
            if len(rows):
                stack = learnt[answers.name].stack
                chances = stack.chances({name: column[rows] for name, column in columns.items()})
                found.append(measuring.Guess(answers.name, chances, truth, rows))
        return found

    def _answers(self, known: Knowledge, learnt: LearntAttribute) -> Answers:
        """What was told, in the classes that were learnt."""
        said = told_by(known, learnt.name)
        place = {name: code for code, name in enumerate(learnt.classes)}
        person = np.asarray(list(said), np.int64)
        code = np.asarray([place.get(value, -1) for value in said.values()], np.int64)
        return Answers(learnt.name, learnt.classes, person, code, list(said.values()))

    def save(self, folder: Path) -> None:
        """Weights of words and classes, what is usual; nothing of single persons."""
        (folder / FILE).write_bytes(msgspec.json.encode(self.kept))
        (folder / "card.json").write_bytes(msgspec.json.encode(self.card))
        write_views(folder, self.views)


class ProfileModel(Model):
    """See :class:`segue.learn.model.Model`."""

    name = "profile"
    purpose = "Guesses what customers did not tell from what they buy where it is sure, and their tastes."

    def fit(self, known: Knowledge, task: Task, tell: Tell) -> FittedProfile:
        """Fit on four fifths of the persons who told an attribute. NotEnoughError."""
        tell("reading purchases", 0.0)
        bounded = known.before(task.until)
        bought = bounded.purchases()
        who = with_enough(bought)
        if len(who) < PERSONS:
            raise NotEnoughError(
                f"profiles need {PERSONS} customers with {tastes.LINES} lines each; there are {len(who)}"
            )
        enough = np.zeros(len(bought.persons), bool)
        enough[who] = True
        kept_out = held_out(list(bought.persons.ids))
        attributes = learnable(bounded, enough & ~kept_out)
        tell("tastes", 0.1)
        usual = tastes.fit_axes(bought, who, tastes.line_axes(bought))
        tell("ways to look at baskets", 0.2)
        told = np.unique(np.concatenate([each.person for each in attributes] or [np.zeros(0, np.int64)]))
        first = np.concatenate([np.intersect1d(who, told), np.setdiff1d(who, told)]).astype(np.int64)
        views = fit_views(bought, first, task.seed) if attributes else {}
        learnt, fair = [], []
        said = Words(bought, who)
        columns = {name: view.matrix(said) for name, view in views.items()}
        for place, answers in enumerate(attributes):
            tell(answers.name, 0.4 + 0.5 * place / len(attributes))
            attribute, tried = _learn(answers, columns, who[~kept_out[who]], who, task.seed)
            learnt.append(attribute)
            fair.append(tried)
        fitted = FittedProfile(Kept(attributes=learnt, axes=usual), views, _blank(self, task))
        tell("measuring", 0.9)
        fitted.card = _card(self, fitted, (bounded, bought, who), fair, task)
        return fitted

    def load(self, folder: Path) -> FittedProfile:
        """What :meth:`FittedProfile.save` wrote."""
        kept = msgspec.json.decode((folder / FILE).read_bytes(), type=Kept)
        card = msgspec.json.decode((folder / "card.json").read_bytes(), type=Card)
        return FittedProfile(kept, read_views(folder), card)


def with_enough(bought: Purchases) -> Ints:
    """Codes of the persons with enough lines to say anything of."""
    known = bought.person[bought.person >= 0]
    return np.flatnonzero(np.bincount(known, minlength=len(bought.persons)) >= tastes.LINES).astype(np.int64)


def told_by(known: Knowledge, attribute: str) -> dict[int, str]:
    """Who told the attribute, and what."""
    told = known.told(attribute)
    return {
        int(person): str(value).strip()
        for person, value in zip(told.person, told.value, strict=True)
        if value is not None and str(value).strip()
    }


def habits(bought: Purchases, who: Ints) -> dict[str, Floats]:
    """How everybody shops, by name of the habit."""
    if not len(who):
        return {}
    columns, _ = behaviour(bought, who)
    return {name: columns[:, place] for place, name in enumerate(HABITS)}


def _learn(
    answers: Answers, columns: Mapping[str, Floats], train: Ints, who: Ints, seed: int
) -> tuple[LearntAttribute, Tried]:
    rows, truth = _asked(train, answers)
    at = np.searchsorted(who, train[rows])
    fit = fit_stack({name: each[at] for name, each in columns.items()}, truth, len(answers.classes), seed)
    threshold = Threshold.choose(fit.fair, truth)
    learnt = LearntAttribute(
        name=answers.name, classes=answers.classes, stack=fit.stack, threshold=threshold,
        left_out=sorted({value for value, code in zip(answers.value, answers.code, strict=True) if code < 0}),
        persons=len(rows),
    )  # fmt: skip
    return learnt, Tried(measuring.Guess(answers.name, fit.fair, truth, rows), fit.held)


def _asked(who: Ints, answers: Answers) -> tuple[Ints, Ints]:
    """Which of these persons (places in ``who``) told a class, and which."""
    place = dict(zip(answers.person.tolist(), answers.code.tolist(), strict=True))
    code = np.asarray([place.get(person, -1) for person in who.tolist()], np.int64)
    rows = np.flatnonzero(code >= 0)
    return rows, code[rows]


def _blank(model: ProfileModel, task: Task) -> Card:
    return Card(
        model=model.name, purpose=model.purpose, data_from=0, data_until=task.until, persons=0, rows=0,
        seed=task.seed, features=[], metrics=[],
    )  # fmt: skip


def _card(
    model: ProfileModel, fitted: FittedProfile, of: tuple[Knowledge, Purchases, Ints],
    tried: list[Tried], task: Task,
) -> Card:  # fmt: skip
    bounded, bought, who = of
    kept, fair = fitted.kept, [each.guess for each in tried]
    limits = [*LIMITS, *(_stated(each) for each in kept.attributes)]
    limits += [
        f"{each.name}: too rare to be learnt: {', '.join(each.left_out[:6])}"
        for each in kept.attributes
        if each.left_out
    ]
    sensitive = [f"profile.{each.name}" for each in kept.attributes if is_sensitive(each.name)]
    sensitive += [f"profile.axis_{each.name}" for each in kept.axes if each.name in SENSITIVE_AXES]
    return Card(
        model=model.name,
        purpose=model.purpose,
        data_from=int(bought.time.min()),
        data_until=task.until,
        persons=len(who),
        rows=len(bought),
        seed=task.seed,
        features=[f"{name}: {len(view.words)} words" for name, view in fitted.views.items()],
        metrics=fitted.evaluate(bounded, task) + measuring.fair_metrics(fair, kept.attributes, task.seed),
        calibration=measuring.calibration_points(fair),
        importance=[
            Weight(name=view, title=measuring.VIEW_TITLES.get(view, view), value=share, of=each.name)
            for each in kept.attributes
            for view, share in measuring.view_shares(each.stack.blend.weights)
        ],
        data_value=value_of_data(tried, len(who), task.seed),
        limits=limits,
        baseline={name: baseline(column) for name, column in habits(bought, who).items()},
        sensitive=sensitive,
    )


def _stated(learnt: LearntAttribute) -> str:
    rule = learnt.threshold
    if not rule.answered:
        return f"{learnt.name}: never said, for even of the surest tenth only {rule.accuracy:.0%} are right."
    return (
        f"{learnt.name}: said from a confidence of {rule.confidence:.0%} on; of those it is said of, "
        f"{rule.accuracy:.0%} are so, and it is said of {rule.answered:.0%}."
    )
