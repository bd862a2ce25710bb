"""What people and policies write: PostgreSQL, embedded or given."""
