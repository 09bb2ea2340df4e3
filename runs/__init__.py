"""The application: a study in, a folder of results out."""
