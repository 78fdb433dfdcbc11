"""Files with which an administrator sets up a cluster of workers that grade; see README.md."""
