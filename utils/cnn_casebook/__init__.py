"""What notebooks import: data, models, experiments, figures, checks, and a quiet runtime."""
