"""Answers as touchpoints get them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from segue.app.deciding.decider import Answered, Wanted
from segue.decide.asked import Ask, Known, Moment
from segue.decide.decided import Dropped, Scored, Slot
from segue.decide.funnel import AWAITED, Question, held_back
from segue.decide.kept import Kept, Shown
from segue.decide.menu import Menu
from segue.domain.actions import Action, Content
from segue.domain.templates import write_out

BECAUSE: Mapping[str, str] = {
    "offer": "It is one of today's offers here.",
    "recommendation": "Customers here often choose it.",
    "content": "It is news of ours.",
    "service": "It is a service of ours.",
    "message": "It is a message of ours.",
}
"""What can be said of an action that says nothing of itself; true whoever stands there."""


class ProductAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A product that is recommended."""

    sku: str
    name: str | None
    category: str | None
    #: probability that it is bought on this visit
    score: float
    #: in words; only where personal facts may be told
    reason: str | None


class SlotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one slot shows."""

    action: str
    kind: str
    #: number of the content among the action's
    variant: int
    #: percent
    discount: int
    #: her price differs from others', and she is to be told so
    personalised_price: bool
    #: ``format``, ``locale`` and the texts, written out
    content: dict[str, Any]
    score: float
    propensity: float
    #: a sentence that can be read to the customer
    because: str
    #: the product that it sells, whose price the discount is of
    sku: str | None = None
    #: of a recommendation: what is recommended
    products: list[ProductAnswer] = []


class ModelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A model whose word a decision was made from."""

    #: ``name@version``
    model: str
    #: predictions of her that conditions could ask for
    predictions: list[str]
    #: products that slots showed which recommend
    products: list[str]


class ExplanationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Why these, and why nothing else."""

    considered: int
    dropped: list[Dropped]
    scores: list[Scored]
    #: an action that could have been shown and was not: whether it is bought anyway is watched; null: there
    #: is none, or nothing was watched yet
    control: str | None
    #: by name; empty of a decision that was kept before this was
    models: list[ModelAnswer]


class DecisionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of ``POST /api/v1/decisions``."""

    decision_id: str
    slots: list[SlotAnswer]
    #: nothing else could be shown, or nothing could be looked up in time
    fallback: bool
    #: of which definitions and of what was learnt it is
    policy: str
    took_ms: float
    #: to trusted keys only
    person_id: str | UnsetType | None = UNSET
    identity: str | UnsetType = UNSET
    explanation: ExplanationAnswer | UnsetType = UNSET


def written(answered: Answered, wanted: Wanted, took_ms: float) -> DecisionAnswer:
    """The answer to a question."""
    kept, trusted = answered.kept, wanted.asker.trusted
    scope = {
        "context": wanted.request.context, "basket": wanted.basket.facts(), "goods": answered.goods,
    }  # fmt: skip
    explanation: ExplanationAnswer | UnsetType = UNSET
    if wanted.request.explain and trusted:
        explanation = explained(kept)
    person = kept.fragment_id if answered.seen.person is not None else None
    return DecisionAnswer(
        decision_id=kept.decision_id.hex(),
        slots=[
            slot_answer(slot, answered.menu, scope, answered.face.attributes, kept.products)
            for slot in kept.decision.slots
        ],
        fallback=kept.decision.fallback,
        policy=kept.policy,
        took_ms=round(took_ms, 3),
        person_id=(None if person is None else person.hex()) if trusted else UNSET,
        identity=kept.given.known.identity if trusted else UNSET,
        explanation=explanation,
    )


def explained(kept: Kept) -> ExplanationAnswer:
    """Why these, and why nothing else."""
    decision = kept.decision
    return ExplanationAnswer(
        considered=decision.considered,
        dropped=list(decision.dropped),
        scores=list(decision.scores),
        control=decision.control,
        models=_models(kept),
    )


def _models(kept: Kept) -> list[ModelAnswer]:
    """Whose word a decision was made from, by name."""
    facts = kept.given.known.facts  # plain mappings once it was read back
    seen = facts.get("predictions", {}) if isinstance(facts, Mapping) else getattr(facts, "predictions", {})
    predictions = {name: row.get("model") for name, row in seen.items()}
    products = {each.sku: each.model for each in kept.products}
    return [
        ModelAnswer(
            model=model,
            predictions=sorted(name for name, said in predictions.items() if said == model),
            products=[sku for sku, said in products.items() if said == model],
        )
        for model in sorted({each for each in (*predictions.values(), *products.values()) if each})
    ]


def slot_answer(
    slot: Slot,
    menu: Menu,
    scope: Mapping[str, Any],
    person: Mapping[str, Any],
    recommended: Sequence[Shown] = (),
) -> SlotAnswer:
    """One slot with its texts written out; her facts only where the slot may tell them."""
    action = _action(menu, slot.action)
    products = [_product(each, slot) for each in recommended] if action.kind == "recommendation" else []
    sku = action.sku
    whole = {
        **scope,
        "product": {} if sku is None else scope.get("goods", {}).get(sku, {"sku": sku}),
        "products": [msgspec.to_builtins(each) for each in products],
        "person": person if slot.personal else {},
        "discount": slot.discount,
        "action": {"name": action.name, "title": action.title},
    }
    content = action.content[slot.variant]
    because = write_out(content.because or "", whole).strip() or BECAUSE[action.kind]
    return SlotAnswer(
        action=action.name,
        kind=action.kind,
        variant=slot.variant,
        discount=slot.discount,
        personalised_price=slot.personalised,
        content=_content(content, whole),
        score=round(slot.score, 6),
        propensity=slot.propensity,
        because=because,
        sku=action.sku,
        products=products,
    )


def _product(item: Shown, slot: Slot) -> ProductAnswer:
    return ProductAnswer(
        sku=item.sku, name=item.name, category=item.category, score=item.score,
        reason=item.reason if slot.personal else None,
    )  # fmt: skip


def _action(menu: Menu, name: str) -> Action:
    if menu.fallback is not None and menu.fallback.action.name == name:
        return menu.fallback.action
    choice = menu.choice(name)
    assert choice is not None
    return choice.action


def _content(content: Content, scope: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"format": content.format}
    if content.locale is not None:
        told["locale"] = content.locale
    return told | {name: write_out(text, scope) for name, text in content.texts}


def fallback_answer(menu: Menu, moment: Moment, as_: tuple[bytes, str, float]) -> DecisionAnswer:
    """What is shown while nothing can be looked up: the placement's fallback, marked as one.

    Nothing, where it may not be shown then; where it would be sent to somebody for whom it may be night; and
    where it sells to many what may be sensitive. ``as_``: id, policy and milliseconds of the answer.
    """
    decision_id, policy, took_ms = as_
    slots, choice = [], menu.fallback
    if choice is not None and _may_unseen(menu, choice.action):
        asked = Question(Ask(placement=menu.placement.name, moment=moment), Known(), menu)
        if held_back(choice, asked) is None:
            slot = Slot(
                action=choice.action.name, variant=choice.variants[0].number, discount=0, score=0.0,
                propensity=1.0, personal=False,
            )  # fmt: skip
            slots.append(slot_answer(slot, menu, {"context": {}, "basket": {}}, {}))
    return DecisionAnswer(
        decision_id=decision_id.hex(), slots=slots, fallback=True, policy=policy, took_ms=round(took_ms, 3)
    )


def _may_unseen(menu: Menu, action: Action) -> bool:
    """Whether a fallback may be shown without knowing her clock and what is sensitive."""
    quiet = menu.placement.quiet is not None and action.kind not in AWAITED
    return not quiet and (menu.placement.seen_by == "one" or action.sku is None)
