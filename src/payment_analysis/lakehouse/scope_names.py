"""The names in a question: which tables and views of ours it mentions, and letting them mean something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from payment_analysis.domain.errors import BadQuery
from payment_analysis.lakehouse.dialect import SOURCE, parse
from payment_analysis.lakehouse.guard import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_NAME: Final = re.compile(r"[\w`.-]+")


class Names:
    """Reads questions over known tables and views."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def read(self, question: str) -> exp.Expr:
        """A question, or all columns of what is named."""
        if _NAME.fullmatch(question.strip()):
            name = resolve(question.strip().replace("`", "").rsplit(".", 1)[-1], self._known)
            return exp.select("*").from_(name)
        tree = parse(question)
        if not isinstance(tree, exp.Query):
            raise BadQuery("only a question can be scoped", hint="give a SELECT or the name of a table or view")
        return tree

    def references(self, tree: exp.Expr) -> Iterator[tuple[exp.Table, str]]:
        """Every mention of a table or view of ours, with its name; steps of a WITH are not meant."""
        steps = {step.alias.lower() for step in tree.find_all(exp.CTE)}
        if hidden := sorted(steps.intersection(self._known)):
            raise BadQuery(
                f"the step {hidden[0]} hides the table of that name",
                hint=f"call the step otherwise, e.g. my_{hidden[0]}",
            )
        for table in tree.find_all(exp.Table):
            if isinstance(table.this, exp.Identifier) and (table.db or table.name.lower() not in steps):
                yield table, resolve(table.name, self._known)

    def redirect(self, tree: exp.Expr, steps: Mapping[str, str]) -> None:
        """Let mentions of some names mean steps; whoever qualifies a column by the name still may."""
        for table, name in list(self.references(tree)):
            if name in steps:
                if not table.alias:
                    table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
                table.set("this", exp.to_identifier(steps[name]))
                table.set("db", None)
                table.set("catalog", None)
        for column in tree.find_all(exp.Column):
            if column.args.get("db") and column.table.lower() in steps:
                column.set("db", None)
                column.set("catalog", None)


def free_prefix(trees: Iterable[exp.Expr]) -> str:
    """A prefix no name in these statements begins with."""
    used = {name.name.lower() for tree in trees for name in tree.find_all(exp.Identifier, exp.Placeholder)}
    prefix = "scoped_"
    while any(name.startswith(prefix) for name in used):
        prefix = f"_{prefix}"
    return prefix


def written(tree: exp.Expr) -> str:
    """Databricks SQL."""
    text: str = tree.sql(SOURCE, pretty=True)
    return text
