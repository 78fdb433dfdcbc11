"""What every figure is drawn with: the page, its colours and letters, the finished picture."""
