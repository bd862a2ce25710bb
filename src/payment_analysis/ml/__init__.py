"""Models of approval, risk, routing and retry: their features, their training and their honest evaluation."""
