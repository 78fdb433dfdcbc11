"""Takes what learners handed in out of what an LMS gives: a zip or a folder, as it names them.

nbgrader's zip_collect is not used: its extractor unpacks whatever a zip holds onto the disk,
without bounds, and its collector goes by one pattern of file names, where cells tell more.
"""
