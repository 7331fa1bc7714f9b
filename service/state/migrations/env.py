"""What Alembic runs to take the steps: on the connection that it is handed, within the transaction that is open."""

from alembic import context

from service.state.migrating import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"], version_table=VERSION_TABLE, transactional_ddl=True
)
context.run_migrations()
