"""`samspill slack`: what an operator needs to set Samspill up in Slack."""

from __future__ import annotations

import json

import click


@click.group()
def slack() -> None:
    """Set Samspill up in Slack."""


@slack.command("manifest")
@click.option("--url", metavar="URL", help="Where Slack reaches Samspill (SAMSPILL_BASE_URL).")
@click.option("--socket-mode", is_flag=True, help="Samspill reaches Slack; nothing reaches it.")
@click.option("--many", is_flag=True, help="For all workspaces and grids that let Samspill in.")
@click.option("--explain", is_flag=True, help="Say instead what each scope and event is for.")
def manifest_command(url: str | None, socket_mode: bool, many: bool, explain: bool) -> None:
    """Print the app manifest, to be pasted at https://api.slack.com/apps (From a manifest)."""
    from bot.slack import manifest

    if explain:
        events = manifest.EVENT_TYPES | (manifest.ENDINGS if many else {})
        for title, table in (("Scopes", manifest.SCOPES), ("Events", events)):
            click.echo(f"{title}:")
            for name, why in table.items():
                click.echo(f"  {name:24}{why}")
        return
    from bot import settings

    try:
        url = settings.load(demo=False, key=False).base_url if url is None else settings.site(url)
    except ValueError:
        raise click.BadParameter(
            "give what people type to reach Samspill, such as https://samspill.example.org, "
            "without a path.",
            param_hint="--url",
        ) from None
    if many and not url.startswith("https://"):
        raise click.UsageError(
            "Whoever lets Samspill in is sent back to an address with https://: give it with --url."
        )
    if not socket_mode and not url.startswith("https://"):
        raise click.UsageError(
            "Slack reaches addresses with https:// only: give one with --url, or use "
            "--socket-mode, where Samspill reaches Slack."
        )
    made = manifest.manifest(url, socket_mode=socket_mode, many=many)
    click.echo(json.dumps(made, ensure_ascii=False, indent=2))
