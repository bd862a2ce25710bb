"""Similar payments: an exact search over the attempts of the last thirty days, kept in step with silver."""
