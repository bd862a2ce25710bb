"""One run of the declarative pipeline by Spark's own command line, in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

from payment_analysis.domain.errors import PaymentAnalysisError
from payment_analysis.lakehouse.report import Progress
from payment_analysis.lakehouse.spark.datasets import stored_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from payment_analysis.lakehouse.spark.server import Spark

FLOW_DONE: Final = re.compile(r"Flow .*?(?P<name>\w+)['`]* has COMPLETED")
LAST_WORDS: Final = 40


class PipelineFailed(PaymentAnalysisError):
    """Spark refused or broke off the pipeline; nothing of it became visible."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The pipeline with its configuration, to be run by a Spark that is there."""

    source: Path  # a file that declares the datasets
    spark: Spark
    scratch: Path
    settings: Mapping[str, str]

    def run(self, progress: Callable[[Progress], None] | None = None) -> None:
        """Make every dataset anew; a flow that fails is a PipelineFailed with Spark's words."""
        self._told("run", "--full-refresh-all", progress=progress)

    def check(self) -> None:
        """Have Spark resolve every dataset and what it reads, and run none; what is wrong is a PipelineFailed."""
        self._told("dry-run")

    def _told(self, action: str, *options: str, progress: Callable[[Progress], None] | None = None) -> None:
        said: deque[str] = deque(maxlen=LAST_WORDS)
        done, total = 0, len(stored_names())
        specification = str(self._specification())
        with subprocess.Popen(
            [sys.executable, "-u", "-m", "pyspark.pipelines.cli", action, "--spec", specification, *options],
            env=os.environ | {"SPARK_REMOTE": self.spark.remote},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line.rstrip())
                if (finished := FLOW_DONE.search(line)) and progress:
                    done += 1
                    progress(Progress(finished["name"], min(done, total), total))
        if process.returncode != 0:
            words = "\n".join(said)
            raise PipelineFailed(f"the Spark pipeline failed:\n{words}", hint="the tables of the last build stay")

    def _specification(self) -> Path:
        folder = self.scratch / self.source.stem
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.source, folder / self.source.name)
        path = folder / "spark-pipeline.yml"
        specification = {
            "name": self.source.stem,
            "storage": (self.scratch / "storage").resolve().as_uri(),
            "libraries": [{"glob": {"include": self.source.name}}],
            "configuration": dict(self.settings),
        }
        path.write_text(yaml.safe_dump(specification))
        return path
