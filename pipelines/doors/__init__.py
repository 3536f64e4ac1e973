"""Where people come in: the command line; each command calls the same steps and jobs as the schedule."""
