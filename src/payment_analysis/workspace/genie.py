"""Genie spaces: brought up to date from our files, and asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from payment_analysis.domain.errors import Unavailable
from payment_analysis.workspace.boards import bare
from payment_analysis.workspace.connection import named_errors

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.dashboards import GenieMessage

ANSWER_LASTS: Final = timedelta(minutes=10)  # a question that waits for a warehouse to start


@dataclass(frozen=True, slots=True)
class GenieAnswer:
    """What a space said: words, the SQL it ran, and rows."""

    text: str
    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    conversation_id: str
    suggestions: tuple[str, ...] = ()


class Genie:
    """The spaces of the workspace."""

    def __init__(self, client: WorkspaceClient, warehouse_id: str) -> None:
        self._client = client
        self._warehouse_id = warehouse_id

    def spaces(self) -> dict[str, str]:
        """Id of every space by its title, without the target's prefix."""
        found: dict[str, str] = {}
        page: str | None = None
        with named_errors("listing Genie spaces"):
            while True:
                answer = self._client.genie.list_spaces(page_token=page)
                found |= {bare(str(one.title)): str(one.space_id) for one in answer.spaces or []}
                page = answer.next_page_token
                if not page:
                    return found

    def put(self, title: str, description: str, serialized: str, known: str | None) -> str:
        """Make the space, or bring it up to date; gives its id."""
        with named_errors(f"writing Genie space {title}"):
            if known is None:
                made = self._client.genie.create_space(
                    warehouse_id=self._warehouse_id, serialized_space=serialized, title=title, description=description
                )
            else:
                made = self._client.genie.update_space(
                    known, serialized_space=serialized, description=description, warehouse_id=self._warehouse_id
                )
        return str(made.space_id)

    def ask(self, space_id: str, question: str, conversation_id: str = "") -> GenieAnswer:
        """Ask a question, in a new conversation or an old one, and wait for the answer."""
        with named_errors("asking Genie"):
            api = self._client.genie
            message = (
                api.create_message_and_wait(space_id, conversation_id, question, timeout=ANSWER_LASTS)
                if conversation_id
                else api.start_conversation_and_wait(space_id, question, timeout=ANSWER_LASTS)
            )
            return self._read(space_id, message)

    def _read(self, space_id: str, message: GenieMessage) -> GenieAnswer:
        text, sql, suggestions = "", "", tuple[str, ...]()
        columns: tuple[str, ...] = ()
        rows: tuple[tuple[Any, ...], ...] = ()
        for part in message.attachments or []:
            if part.text is not None:
                text = part.text.content or ""
            if part.suggested_questions is not None:
                suggestions = tuple(part.suggested_questions.questions or ())
            if part.query is not None:
                sql, text = part.query.query or "", text or (part.query.description or "")
                columns, rows = self._rows(space_id, message, str(part.attachment_id))
        if not text and not sql:
            raise Unavailable("Genie gave no answer.", hint="ask in other words, or look at the space in Databricks")
        return GenieAnswer(text, sql, columns, rows, str(message.conversation_id), suggestions)

    def _rows(
        self, space_id: str, message: GenieMessage, attachment: str
    ) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
        answer = self._client.genie.get_message_attachment_query_result(
            space_id, str(message.conversation_id), str(message.message_id or message.id), attachment
        ).statement_response
        if answer is None or answer.manifest is None or answer.manifest.schema is None:
            return (), ()
        columns = tuple(str(one.name) for one in answer.manifest.schema.columns or [])
        data = (answer.result.data_array or []) if answer.result else []
        return columns, tuple(tuple(row) for row in data)
