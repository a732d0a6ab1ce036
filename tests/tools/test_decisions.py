"""Decision records can be found by number, dated, and checked."""

import re
from collections import Counter

import pytest

from tests.tools.project import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_status_date_and_checks(record) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.match(rf"# {record.stem[:4]}: \S", text)
    assert re.search(r"^- Status: (proposed|accepted|replaced by \w{4})", text, re.MULTILINE)
    assert re.search(r"^- Date: (\d{4}-\d\d-\d\d|YYYY-MM-DD)$", text, re.MULTILINE)
    assert re.search(r"^## Checks\n+\S", text, re.MULTILINE)


def test_numbers_are_used_once() -> None:
    numbers = Counter(record.name[:4] for record in RECORDS)
    assert numbers["0000"] == 1
    assert [number for number, times in numbers.items() if times > 1] == []
