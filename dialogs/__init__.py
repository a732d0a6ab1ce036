"""What is asked and answered: dialogs, packs, wording, agreement, time, reports."""
