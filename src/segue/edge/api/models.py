"""``/api/v1/models``: what there is, each model's card, and trainings."""

from __future__ import annotations

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from segue.app.learning.jobs import TrainingDesk
from segue.app.learning.showing import Models
from segue.app.learning.views import ModelLines, ModelView, TrainingJob
from segue.edge.api.errors import described
from segue.edge.api.services import ApiRequest, caller_of, services_of

_MODEL = "/api/v1/models/{model:str}"


@get("/api/v1/models", opt={"act": "models"}, sync_to_thread=True, responses=described())
def list_models(request: ApiRequest) -> ModelLines:
    """List the models: state, when trained, the first metrics beside their yardsticks, drift."""
    return Models(services_of(request).installation).list()


@get(_MODEL, opt={"act": "models"}, sync_to_thread=True, responses=described(404))
def show_model(request: ApiRequest, model: FromPath[str]) -> ModelView:
    """Read a model's card, its runs, and how far things have moved since."""
    return Models(services_of(request).installation).show(model)


@post(
    f"{_MODEL}/train",
    opt={"act": "train"},
    sync_to_thread=True,
    status_code=202,
    responses=described(404, 409),
)
def train_model(request: ApiRequest, model: FromPath[str]) -> TrainingJob:
    """Train a model in a process of its own (named all: every one); one training runs at a time."""
    names = () if model == "all" else (model,)
    return TrainingDesk(services_of(request).installation).start(names, caller_of(request).actor)


@get("/api/v1/models/jobs/{job_id:str}", opt={"act": "models"}, sync_to_thread=True, responses=described(404))
def show_training(request: ApiRequest, job_id: FromPath[str]) -> TrainingJob:
    """Read how far a training has come, and what became of each model."""
    return TrainingDesk(services_of(request).installation).show(job_id)


HANDLERS: tuple[HTTPRouteHandler, ...] = (list_models, show_model, train_model, show_training)
