"""Codes of industries: which become sectors, and which are none or one in two spellings."""
