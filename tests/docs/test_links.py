"""Every link leads somewhere, and every page of the documentation can be reached."""

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, INDEX, ROOT, anchors, links, pages

WEB = ("https://", "http://", "mailto:")


def target_of(page: Path, link: str) -> tuple[Path, str]:
    """The file that a link leads to, and the heading in it."""
    path, _, anchor = link.partition("#")
    return ((page.parent / path).resolve() if path else page), anchor


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in links(page):
        if link.startswith(WEB):
            continue
        target, anchor = target_of(page, link)

        assert target.is_relative_to(ROOT), f"{link} leaves the repository"
        assert target.exists(), f"{link} leads to nothing"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def test_every_page_is_reachable_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [INDEX]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        local = [link for link in links(page) if not link.startswith(WEB)]
        waiting.extend(target_of(page, link)[0] for link in local)

    assert set(DOCS.rglob("*.md")) <= reached


def test_the_index_says_what_every_page_beside_it_is_for() -> None:
    lines = INDEX.read_text().splitlines()
    for page in sorted(set(DOCS.glob("*.md")) - {INDEX} | set(DOCS.glob("guides/*.md"))):
        name = page.relative_to(DOCS).as_posix()
        described = [line.partition(f"]({name})")[2].strip(" |:–-") for line in lines]

        assert any(len(words.split()) > 3 for words in described), f"describe {name}"
