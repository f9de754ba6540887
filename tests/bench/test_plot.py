"""The pictures of the figures: well-formed, and they say in words what they show."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from bench.plot import lines

SVG = "{http://www.w3.org/2000/svg}"


def test_a_picture_names_its_lines_and_says_what_they_do() -> None:
    series = {"a & b": [(1_000, 2.0), (1_000_000, 3.0)], "flat": [(1_000, 2.0), (1_000_000, 2.0)]}

    drawn = lines("Growth", series, x_label="members", y_label="ms", logarithmic=True)

    root = ET.fromstring(drawn)  # noqa: S314 it is our own
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert texts[0] == "Growth"
    assert {"a & b", "flat", "1,000", "1,000,000", "1", "10"} <= set(texts)
    said = root.find(f"{SVG}desc")
    assert said is not None
    assert said.text == "a & b: from 2 to 3; flat: from 2 to 2 (ms)."


def test_labels_do_not_lie_on_one_another() -> None:
    drawn = lines(
        "T", {str(each): [(0, 1.0), (1, 1.0)] for each in range(5)}, x_label="x", y_label="y"
    )

    places = [
        float(each.attrib["y"])
        for each in ET.fromstring(drawn).iter(f"{SVG}text")  # noqa: S314 it is our own
        if each.attrib.get("class") == "n"
    ]
    gaps = [after - before for before, after in pairwise(places)]
    assert min(gaps) >= 16


def test_nothing_is_no_picture() -> None:
    with pytest.raises(ValueError, match="nothing"):
        lines("T", {}, x_label="x", y_label="y")
