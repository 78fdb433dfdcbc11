"""Data of the course: files with checksums, drawn images, repositories."""
