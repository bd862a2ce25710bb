"""Delta tables, the SQL that fills them, and the engine that runs it."""
