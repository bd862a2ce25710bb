"""Bronze and silver in micro-batches: what a batch costs depends on the batch, not on history."""
