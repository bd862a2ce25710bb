"""Unity Catalog: catalog, schema, volumes, and what is in the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from databricks.sdk.errors import NotFound as NotThere
from databricks.sdk.service.catalog import VolumeType

from payment_analysis.domain.errors import NotFound
from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from databricks.sdk import WorkspaceClient

VOLUMES: Final = ("raw_data", "checkpoints", "ml_artifacts", "reports")


class Unity:
    """One schema of one catalog."""

    def __init__(self, client: WorkspaceClient, catalog: str, schema: str) -> None:
        self._client = client
        self.catalog = catalog
        self.schema = schema

    def ensure(self) -> list[str]:
        """Make catalog, schema and volumes where they are missing; says what was made."""
        made: list[str] = []
        place = f"{self.catalog}.{self.schema}"
        with named_errors(f"making catalog and schema {place}"):
            self._made(made, f"catalog {self.catalog}", lambda: self._client.catalogs.get(self.catalog),
                       lambda: self._client.catalogs.create(self.catalog))  # fmt: skip
            self._made(made, f"schema {place}", lambda: self._client.schemas.get(place),
                       lambda: self._client.schemas.create(self.schema, self.catalog))  # fmt: skip
            for name in VOLUMES:
                self._volume(made, name)
        return made

    def check(self) -> None:
        """Both exist, or an error says which does not and what can be done."""
        try:
            self._client.schemas.get(f"{self.catalog}.{self.schema}")
        except NotThere as error:
            raise NotFound(
                f"Catalog '{self.catalog}' or schema '{self.schema}' not found in this workspace.",
                hint="create it under Data → Catalogs, use an existing one, or run job 1, whose first task makes both",
            ) from error

    def tables(self) -> dict[str, str]:
        """Every table and view, with its kind."""
        with named_errors("listing tables"):
            found = self._client.tables.list(self.catalog, self.schema)
            return {str(one.name): one.table_type.value if one.table_type else "" for one in found}

    def functions(self) -> list[str]:
        with named_errors("listing functions"):
            return [str(one.name) for one in self._client.functions.list(self.catalog, self.schema)]

    def models(self) -> list[str]:
        """The registered models of the schema."""
        with named_errors("listing models"):
            found = self._client.registered_models.list(catalog_name=self.catalog, schema_name=self.schema)
            return [str(one.name) for one in found]

    def upload(self, volume: str, name: str, content: bytes) -> str:
        """Put a file into a volume; gives its path."""
        path = f"/Volumes/{self.catalog}/{self.schema}/{volume}/{name}"
        with named_errors(f"writing {path}"):
            self._client.api_client.do(
                "PUT", f"/api/2.0/fs/files{path}", query={"overwrite": "true"}, data=content,
                headers={"Content-Type": "application/octet-stream"},
            )  # fmt: skip
        return path

    def _volume(self, made: list[str], name: str) -> None:
        self._made(
            made,
            f"volume {name}",
            lambda: self._client.volumes.read(f"{self.catalog}.{self.schema}.{name}"),
            lambda: self._client.volumes.create(self.catalog, self.schema, name, VolumeType.MANAGED),
        )

    @staticmethod
    def _made(made: list[str], what: str, look: Callable[[], object], make: Callable[[], object]) -> None:
        try:
            look()
        except NotThere:
            make()
            made.append(what)
