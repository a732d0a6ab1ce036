"""Slack: the one room that knows its libraries and its payloads."""
