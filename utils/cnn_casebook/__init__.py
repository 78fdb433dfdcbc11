"""What the notebooks of the course import: data, figures, checks and a quiet runtime."""
