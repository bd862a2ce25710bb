"""AI/BI dashboard files: read, checked, and turned into questions for a lakehouse."""
