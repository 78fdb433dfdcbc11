"""What the checks share: verdicts, weights, steps of a network, parts of networks."""
