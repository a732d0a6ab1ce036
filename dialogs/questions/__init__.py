"""Question types: what each asks for, how it is typed, kept and shown. One class a type."""
