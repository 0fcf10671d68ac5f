"""What the web's database role may do: work with records, and only add to the record of change and the ledger."""

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

INSERT_ONLY = (
    "incidents_change",
    "incidents_changepayload",
    "incidents_posting",
    "incidents_ledgerentry",
    "incidents_convoyentry",
    "incidents_readentry",
    "incidents_snapshot",
    "incidents_logcheckpoint",
    "incidents_evidence",
    "incidents_evidencecheck",
)
READ_ONLY = ("incidents_seal", "incidents_sealhead", "incidents_unsealed", "django_migrations")


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give `role` its rights on the tables there are, and take back any it should not have. Run by the owner, after migrating."""
    web = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(web),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(web),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(web),
        *(sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), web) for table in INSERT_ONLY),
        *(sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), web) for table in READ_ONLY),
        sql.SQL("REVOKE EXECUTE ON FUNCTION truce_seal(integer) FROM PUBLIC"),
        sql.SQL("GRANT EXECUTE ON FUNCTION truce_seal(integer) TO {}").format(web),
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
