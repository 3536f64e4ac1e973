"""What the data are: columns, code lists, datasets, agencies, measures. Imports nothing of ours and reads
only its own files."""
