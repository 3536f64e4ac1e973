"""What is counted (``cubes``) and what is computed from protected counts (``indicators``)."""
