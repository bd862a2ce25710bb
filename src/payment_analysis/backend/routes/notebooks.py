"""The nine notebooks: what each is for, its source, the job it belongs to and how that went."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from fastapi import APIRouter
from pydantic import BaseModel, Field

from payment_analysis.backend.operating import Operated, OperatedDep
from payment_analysis.backend.routes.setup_models import JobRunOut, run_out
from payment_analysis.domain.errors import NotFound
from payment_analysis.domain.workflow import ETL_KEY, JOBS, PIPELINES, REALTIME_KEY

router = APIRouter(prefix="/api/notebooks", tags=["notebooks"])

# In a wheel the files lie within the package, in a checkout beside its source.
_PLACES: Final = (
    Path(__file__).parents[2] / "notebooks",
    Path(__file__).resolve().parents[4] / "notebooks",
)
FOLDER: Final = next((place for place in _PLACES if place.is_dir()), _PLACES[-1])


class Shelved(NamedTuple):
    """One notebook: its category, and the job or pipeline that runs it."""

    category: str
    runs: str


SHELF: Final[dict[str, Shelved]] = {
    "agent_framework": Shelved("intelligence", "job_6_deploy_agents"),
    "train_models": Shelved("ml_training", "job_5_train_models_and_serving"),
    "transaction_simulator": Shelved("streaming", "job_2_simulate_transaction_events"),
    "bronze_ingest": Shelved("streaming", ETL_KEY),
    "realtime_pipeline": Shelved("streaming", REALTIME_KEY),
    "continuous_processor": Shelved("streaming", ETL_KEY),
    "silver_transform": Shelved("transformation", ETL_KEY),
    "gold_views": Shelved("transformation", "job_3_initialize_ingestion"),
    "gold_views_sql": Shelved("transformation", "job_3_initialize_ingestion"),
}


_NAMES: Final = {one.key: one.name for one in JOBS} | dict(PIPELINES)


class Notebook(BaseModel):
    """One notebook."""

    id: str = Field(description="Name of its file.")
    name: str = Field(description="Its title.")
    description: str = Field(description="What it is for.")
    category: str = Field(description="intelligence, ml_training, streaming or transformation.")
    path: str = Field(description="Its file in the repository and in the workspace.")
    runs: str = Field(description="Key of the job or pipeline that it belongs to.")
    runs_name: str = Field(description="Name of that job or pipeline.")
    url: str = Field(description="Where the workspace shows that job or pipeline; empty on one machine.")
    last: JobRunOut | None = Field(description="The newest run of its job.")


class NotebookSource(Notebook):
    """One notebook with its source."""

    cells: list[str] = Field(description="Its cells in order; the first is Markdown.")


class Notebooks(BaseModel):
    """The nine notebooks."""

    notebooks: list[Notebook] = Field(description="In the documents' order.")


@router.get("", operation_id="listNotebooks")
def list_notebooks(operated: OperatedDep) -> Notebooks:
    """Every notebook with its job's newest run."""
    known = _Known.of(operated)
    return Notebooks(notebooks=[_notebook(name, known) for name in SHELF])


@router.get("/{notebook_id}", operation_id="getNotebook")
def get_notebook(notebook_id: str, operated: OperatedDep) -> NotebookSource:
    """One notebook, cell by cell."""
    if notebook_id not in SHELF:
        raise NotFound(f"there is no notebook {notebook_id}", hint=f"there are {', '.join(SHELF)}")
    return NotebookSource(**_notebook(notebook_id, _Known.of(operated)).model_dump(), cells=list(_cells(notebook_id)))


@cache
def _cells(name: str) -> tuple[str, ...]:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8").removeprefix("# Databricks notebook source\n")
    first, *others = text.split("\n# COMMAND ----------\n")
    words = "\n".join(line.removeprefix("# MAGIC").removeprefix(" ") for line in first.splitlines())
    return (words.removeprefix("%md\n"), *(cell.strip() for cell in others))


class _Known(NamedTuple):
    """What runs, asked once for all notebooks."""

    urls: dict[str, str]
    last: dict[str, JobRunOut]

    @classmethod
    def of(cls, operated: Operated) -> _Known:
        jobs, pipelines = operated.jobs.standings(), operated.pipelines.standings()
        urls = {one.key: one.url for one in jobs} | {one.key: one.url for one in pipelines}
        return cls(urls, {one.key: run_out(one.last) for one in jobs if one.last is not None})


def _notebook(name: str, known: _Known) -> Notebook:
    title, _, text = _cells(name)[0].partition("\n")
    runs = SHELF[name].runs
    return Notebook(
        id=name,
        name=title.removeprefix("# "),
        description=text.strip().split("\n\n")[0].replace("\n", " "),
        category=SHELF[name].category,
        path=f"notebooks/{name}.py",
        runs=runs,
        runs_name=_NAMES[runs],
        url=known.urls.get(runs, ""),
        last=known.last.get(runs),
    )
