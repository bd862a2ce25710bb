"""Payment Analysis: raises the share of good card payments that get approved."""
