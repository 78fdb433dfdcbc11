"""What notebooks measure on networks: training runs, gradients, influence, maps."""
