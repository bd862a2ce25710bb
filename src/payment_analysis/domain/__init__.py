"""What the words mean: attempts, declines, retry rules, money, life cycles, metrics. Standard library only."""
