"""Why a rate moved: mix against rate, where, since when, through which answers, and what cannot be told."""
