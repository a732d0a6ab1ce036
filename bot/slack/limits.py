"""Slack's limits for messages, views and what stands in them, as one table.

Documented under https://docs.slack.dev/reference: blocks under `block-kit/blocks`, elements under
`block-kit/block-elements`, options and texts under `block-kit/composition-objects`, modals and home
pages under `views`, the plain text of a message under `methods/chat.postMessage` and
`methods/chat.update`. All are characters unless said otherwise; `bot.slack.fitting.size` counts
them.
"""

from __future__ import annotations

# Messages and views as a whole.
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Slack documents no limit for all blocks of a message together, but refuses with
# `msg_blocks_too_long` from about 13,200 characters on, however they are divided. Its developers
# speak of "12,000 text characters with a buffer for block containers", see
# https://github.com/slackapi/bolt-js/issues/2509; we count all of the JSON.
MESSAGE_TOTAL = 12_000
# Bytes of JSON as it is sent, where ø takes six. `view_too_large` says 250 kB; inputs come on top.
VIEW_TOTAL = 200_000
# chat.postMessage takes 40,000, chat.update no more than 4,000, which were found to be bytes.
FALLBACK = 3_000
FALLBACK_BYTES = 3_900

# Blocks.
HEADER = 150
TEXT = 3_000  # of a text object, also in a context
ACTIONS = 25  # elements
IMAGE_ALT = 2_000
ADDRESS = 3_000

# Elements.
BUTTON = 75
ALOUD = 75  # what a screen reader says of a button
OPTIONS = 100  # of a select; as many groups of so many
GROUPS = 100
TICKS = 10  # radio buttons, checkboxes
OPTION = 75
OPTION_VALUE = 150
INPUT = 3_000  # what can be written into one input

# Views.
TITLE = 24  # also of the two buttons
LABEL = 2_000  # of an input; its hint as well

# What reads well, where Slack would take more.
BUTTONS_A_ROW = 5
MOST_BUTTONS = 10  # of one choice; more are a list to pick from
