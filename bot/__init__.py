"""How people reach Samspill and how it reaches them: channels, clock, delivery, settings, CLI."""
