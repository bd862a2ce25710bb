"""The agents with a language model: it chooses tools and words, and has nothing else."""
