"""What the words mean: attempts, declines, retry rules, money, countries, life cycles, metrics. Standard library only."""
