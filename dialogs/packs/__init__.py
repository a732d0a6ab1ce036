"""Packs: what is asked, checked, shown and reminded about, as YAML that people can write."""
