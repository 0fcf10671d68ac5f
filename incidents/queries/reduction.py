"""Tables as one reader is given them. Where values are withheld or coarsened, the query no longer reads the table but what is left of it,
so that no filter, order, count, search or join behind it can reach more than the reader may see.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Expression, QuerySet
from django.db.models.sql.datastructures import BaseTable

Rows = TypeVar("Rows", bound=QuerySet[Any])


class ReducedTable(BaseTable):
    """A subquery that stands in FROM where the table would, under the table's alias and with its columns."""

    def __init__(self, table_name: str, alias: str, rows: QuerySet[Any], columns: tuple[str, ...]) -> None:
        super().__init__(table_name, alias)
        self.rows, self.columns = rows, columns

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the subquery with its values."""
        sql, params = self.rows.query.get_compiler(connection=compiler.connection).as_sql()
        names = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        return f"({sql}) AS {compiler.quote_name_unless_alias(self.table_alias)} ({names})", list(params)

    def relabeled_clone(self, change_map: Any) -> "ReducedTable":
        """Return the same rows under another alias."""
        return ReducedTable(self.table_name, change_map.get(self.table_alias, self.table_alias), self.rows, self.columns)


def reduced(rows: Rows, values: Mapping[str, Expression | Any]) -> Rows:
    """Return a queryset over these rows in which the named fields hold the given values instead of their own.

    `values` are expressions over the table, by field name; without any, the rows are the table's own.
    """
    if not values:
        return rows
    fields = rows.model._meta.concrete_fields
    instead = {f"reduced_{name}": value for name, value in values.items()}
    shown = [f"reduced_{field.name}" if field.name in values else field.attname for field in fields]
    inner = rows.order_by().annotate(**instead).values_list(*shown)
    found = type(rows)(model=rows.model, using=rows._db)  # type: ignore[attr-defined]
    alias = found.query.get_initial_alias()
    table = ReducedTable(found.query.alias_map[alias].table_name, alias, inner, tuple(field.column for field in fields))
    found.query.alias_map[alias] = table
    return found
