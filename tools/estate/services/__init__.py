"""One module for each AWS service that the sample estate answers itself; see ``tools.estate.request``."""
