"""The sample partnership: invented people, what happened to them, and how six agencies would write it down.

What belongs here: making ``data/sample`` from one seed, with the truth and the list of the dirt beside it.
What does not: anything that reads an extract (``pipelines.intake``). Run it as ``python -m
data.synthesise``; a test compares its output with the committed files byte by byte.
"""
