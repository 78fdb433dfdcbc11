"""What instructors run: releasing assignments and grading submissions."""
