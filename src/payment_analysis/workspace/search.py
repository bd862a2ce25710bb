"""The search index: an endpoint, an index that follows a table, and questions in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from databricks.sdk.errors import NotFound as NotThere
from databricks.sdk.service.vectorsearch import (
    DeltaSyncVectorIndexSpecRequest,
    EmbeddingSourceColumn,
    EndpointType,
    PipelineType,
    VectorIndexType,
)

from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

INDEX: Final = "similar_transactions_index"
SOURCE: Final = "transaction_summaries_for_search"
KEY, TEXT = "transaction_id", "summary_text"
COLUMNS: Final = (KEY, TEXT, "outcome")


class Search:
    """The index of one schema."""

    def __init__(self, client: WorkspaceClient, place: str) -> None:
        self._client = client
        self._place = place  # catalog.schema

    @property
    def index(self) -> str:
        return f"{self._place}.{INDEX}"

    def ensure(self, endpoint: str, embedding_endpoint: str) -> list[str]:
        """Make endpoint and index where they are missing; says what was made."""
        made: list[str] = []
        with named_errors(f"making the search index {self.index}"):
            try:
                self._client.vector_search_endpoints.get_endpoint(endpoint)
            except NotThere:
                self._client.vector_search_endpoints.create_endpoint_and_wait(endpoint, EndpointType.STANDARD)
                made.append(f"endpoint {endpoint}")
            if not self.exists():
                self._client.vector_search_indexes.create_index(
                    self.index,
                    endpoint,
                    KEY,
                    VectorIndexType.DELTA_SYNC,
                    delta_sync_index_spec=DeltaSyncVectorIndexSpecRequest(
                        source_table=f"{self._place}.{SOURCE}",
                        pipeline_type=PipelineType.TRIGGERED,
                        embedding_source_columns=[
                            EmbeddingSourceColumn(name=TEXT, embedding_model_endpoint_name=embedding_endpoint)
                        ],
                    ),
                )
                made.append(f"index {self.index}")
        return made

    def exists(self) -> bool:
        try:
            self._client.vector_search_indexes.get_index(self.index)
        except NotThere:
            return False
        return True

    def sync(self) -> None:
        """Bring the index up to its table."""
        with named_errors(f"syncing {self.index}"):
            self._client.vector_search_indexes.sync_index(self.index)

    def similar(self, text: str, limit: int = 5) -> list[dict[str, Any]]:
        """The rows most like a text, the nearest first, each with its score."""
        with named_errors(f"searching {self.index}"):
            found = self._client.vector_search_indexes.query_index(
                self.index, list(COLUMNS), query_text=text, num_results=limit
            )
        rows = (found.result.data_array or []) if found.result else []
        return [dict(zip((*COLUMNS, "score"), row, strict=True)) for row in rows]
