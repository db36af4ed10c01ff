"""obp's published examples of off-policy evaluation: ``open_bandit.py QUESTION.npz ANSWER.npz``.

Run by the interpreter of obp's environment. In: ``synthetic`` and ``digits``, how many runs of each. Out, for
each run R of example E: ``E/R/reward|action|propensity`` (n), ``policy|model`` (n × k), ``truth``, and
``said``, obp's own estimates in the order of :data:`ESTIMATORS`; ``strength`` is the λ that its tuning
took.

The settings are those of the examples' own pages (synthetic: 10,000 rounds, 30 actions, 5 features, β = -3,
logistic regressions; digits: 70 % evaluated, α .4 and .9, random forest, boosted trees; random state 12345).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np


class _Absence(type):
    """What has every name and does nothing."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Absent


class _Absent(metaclass=_Absence):
    pass


def _without_torch() -> None:
    """obp imports torch for its neural policies alone, which are not asked for; it has no wheel that fits."""
    for name in ("torch", "torch.nn", "torch.optim", "torch.nn.functional"):
        absent = ModuleType(name)
        absent.__getattr__ = lambda wanted: getattr(_Absent, wanted)  # type: ignore[method-assign]
        sys.modules[name] = absent
        if "." in name:
            parent, _, own = name.rpartition(".")
            setattr(sys.modules[parent], own, absent)


_without_torch()

from obp.dataset import (  # type: ignore[import-not-found]  # noqa: E402
    MultiClassToBanditReduction,
    SyntheticBanditDataset,
    logistic_reward_function,
)
from obp.ope import (  # type: ignore[import-not-found]  # noqa: E402
    DirectMethod,
    DoublyRobust,
    DoublyRobustWithShrinkageTuning,
    InverseProbabilityWeighting,
    OffPolicyEvaluation,
    RegressionModel,
    SelfNormalizedDoublyRobust,
    SelfNormalizedInverseProbabilityWeighting,
)
from obp.policy import IPWLearner  # type: ignore[import-not-found]  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

STATE = 12345
ESTIMATORS = ("ipw", "snipw", "dm", "dr", "sndr", "dr-os")
STRENGTHS = (10, 50, 100, 500, 1000, 5000, 10000, np.inf)


def _logistic() -> LogisticRegression:
    return LogisticRegression(max_iter=10000, C=100, random_state=STATE)


def synthetic(run: int) -> tuple[dict[str, Any], Any, Any, float]:
    """Logged rows, the candidate's chances, rewards by the model, and the truth."""
    data = SyntheticBanditDataset(
        n_actions=30, dim_context=5, reward_function=logistic_reward_function, beta=-3, random_state=run
    )
    learner = IPWLearner(n_actions=30, base_classifier=_logistic())
    first, second = (data.obtain_batch_bandit_feedback(n_rounds=10000) for _ in range(2))
    learner.fit(**{name: first[name] for name in ("context", "action", "reward", "pscore")})
    policy = learner.predict_proba(context=second["context"])
    model = RegressionModel(n_actions=30, action_context=data.action_context, base_model=_logistic())
    truth = data.calc_ground_truth_policy_value(expected_reward=second["expected_reward"], action_dist=policy)
    return second, policy, _foretold(model, second), truth


def digits() -> Iterator[tuple[dict[str, Any], Any, Any, float]]:
    """One run after another, as :func:`synthetic`."""
    np.random.seed(STATE)
    pictures, labels = load_digits(return_X_y=True)
    data = MultiClassToBanditReduction(
        X=pictures, y=labels, base_classifier_b=_logistic(), alpha_b=0.4, dataset_name="digits"
    )
    trees = {"n_estimators": 30, "max_depth": 5, "min_samples_leaf": 10, "random_state": STATE}
    run = 0
    while True:
        data.split_train_eval(eval_size=0.7, random_state=run)
        rows = data.obtain_batch_bandit_feedback(random_state=run)
        policy = data.obtain_action_dist_by_eval_policy(
            base_classifier_e=RandomForestClassifier(**trees), alpha_e=0.9
        )
        truth = data.calc_ground_truth_policy_value(action_dist=policy)
        boosted = GradientBoostingClassifier(learning_rate=0.01, **trees)
        model = RegressionModel(n_actions=data.n_actions, base_model=boosted)
        yield rows, policy, _foretold(model, rows), truth
        run += 1


def _foretold(model: RegressionModel, rows: dict[str, Any]) -> Any:
    """Rewards of every action, by cross-fitting in three parts."""
    known = {name: rows[name] for name in ("context", "action", "reward")}
    return model.fit_predict(**known, n_folds=3, random_state=STATE)


def estimated(rows: dict[str, Any], policy: Any, model: Any) -> tuple[list[float], float]:
    """obp's own estimates, and the λ it took."""
    tuned = DoublyRobustWithShrinkageTuning(lambdas=list(STRENGTHS))
    several = [
        InverseProbabilityWeighting(),
        SelfNormalizedInverseProbabilityWeighting(),
        DirectMethod(),
        DoublyRobust(),
        SelfNormalizedDoublyRobust(),
        tuned,
    ]
    found = OffPolicyEvaluation(bandit_feedback=rows, ope_estimators=several).estimate_policy_values(
        action_dist=policy, estimated_rewards_by_reg_model=model
    )
    return [float(found[name]) for name in ESTIMATORS], float(tuned.best_hyperparam)


def kept(example: str, run: int, one: tuple[dict[str, Any], Any, Any, float]) -> dict[str, Any]:
    """The arrays of one run."""
    rows, policy, model, truth = one
    said, strength = estimated(rows, policy, model)
    stem = f"{example}/{run}/"
    return {
        stem + "reward": rows["reward"],
        stem + "action": rows["action"],
        stem + "propensity": rows["pscore"],
        stem + "policy": policy[:, :, 0],
        stem + "model": model[:, :, 0],
        stem + "truth": truth,
        stem + "said": said,
        stem + "strength": strength,
    }


if __name__ == "__main__":
    with np.load(sys.argv[1]) as question:
        runs = {name: int(question[name]) for name in ("synthetic", "digits")}
    answer: dict[str, Any] = {}
    for number in range(runs["synthetic"]):
        answer |= kept("synthetic", number, synthetic(number))
    for number, found in zip(range(runs["digits"]), digits(), strict=False):
        answer |= kept("digits", number, found)
    np.savez(sys.argv[2], **answer)
