"""Documents and overviews to take along: made from the record, in the reader's language."""
