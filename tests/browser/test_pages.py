"""What a board member meets: no accessibility violation, no request, no sideways scrolling, charts drawn,
nothing to upload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from dashboards.story import PAGES

pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHARTS, SAMPLE = [".chart"], ["[data-sample]"]
"""Charts are hidden from assistive technology, whose users have the sentence and the table; the contrast of
their marks is fixed by the palette and measured in ``palette.py``."""
SAMPLE_CONTRAST = """() => {
  const seen = new Set(), painted = new Map();
  const behind = element => {
    if (!element) { return ''; }
    if (!painted.has(element)) {
      const style = getComputedStyle(element);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity].join();
      const further = behind(element.parentElement);
      painted.set(element, further.startsWith(own + ';') ? further : own + ';' + further);
    }
    return painted.get(element);
  };
  document.querySelectorAll('[data-sample]').forEach(e => e.removeAttribute('data-sample'));
  document.querySelectorAll('body *:not(.chart *, script, style)').forEach(e => {
    if (![...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim())) { return; }
    if (!e.checkVisibility({visibilityProperty: true})) { return; }
    const {color, fontSize, fontWeight, position, display} = getComputedStyle(e);
    const look = [e.localName, color, fontSize, fontWeight, position, display, behind(e)].join('|');
    if (!seen.has(look)) { seen.add(look); e.dataset.sample = ''; }
  });
  return seen.size;
}"""
"""Marks one element for each look of a text that a page has: element, colour, size, weight and all that is
painted behind it. The contrast of one is that of all that look alike, and axe takes a second for some forty;
for all of them it took most of the time of the build."""
AXE_ON_CONTRAST: tuple[dict[str, Any], dict[str, Any]] = (
    {"include": [SAMPLE], "exclude": [CHARTS]},
    {"runOnly": {"type": "rule", "values": ["color-contrast"]}},
)
AXE_ON_THE_REST: tuple[dict[str, Any], dict[str, Any]] = (
    {"exclude": [CHARTS]},
    {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"color-contrast": {"enabled": False}}},
)
RUN_AXE = """([context, options]) => axe.run(
    context, {preload: false, resultTypes: ['violations'], ...options}
  ).then(found => found.violations.map(v => [v.id, v.nodes[0].target]))"""
REMEMBER_COLOURS = """() => {
  const Color = axe.commons.color.Color, parse = Color.prototype.parseString, known = new Map();
  Color.prototype.parseString = function (text) {
    if (!known.has(text)) {
      parse.call(this, text);
      known.set(text, [this.r, this.g, this.b, this.alpha]);
    } else {
      [this.r, this.g, this.b, this.alpha] = known.get(text);
    }
    return this;
  };
}"""
"""axe reads the text of a colour anew for every element and all that lies behind it, which takes most of its
time; a page has some twenty colours."""
OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true; })"
TAKE_CHARTS_AWAY = """document.querySelectorAll('.chart').forEach(c => {
  Plotly.purge(c);
  delete c.dataset.drawn;
})"""
"""axe does not read them, and each change of colours or width would draw them all anew."""
SCROLLS_INSIDE = """[...document.querySelectorAll('.scroll')]
  .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.firstElementChild.id)"""
LOOKS = 10
"""Every page has more looks of text than these: what finds fewer has not looked."""
A4_WIDTH = 688
"""Pixels of a printed page between its margins (style sheet: 210 mm less twice 14 mm, at 96 to the inch)."""
ON_SCREEN: tuple[dict[str, str], ...] = (
    {"media": "screen", "color_scheme": "light", "forced_colors": "none"},
    {"media": "screen", "color_scheme": "dark", "forced_colors": "none"},
    {"media": "screen", "color_scheme": "light", "forced_colors": "active"},
)
IN_PRINT = {"media": "print", "color_scheme": "light", "forced_colors": "none"}
WIDTHS = {320: ON_SCREEN, A4_WIDTH: (IN_PRINT,), 1280: ON_SCREEN}
RECOLOURED = ON_SCREEN[1:]
"""Modes that change colours and nothing else: what is not contrast is the same there as in the first."""
DRAW_ALL = """async () => {
  for (const e of document.querySelectorAll('.chart')) {
    e.scrollIntoView();
    await new Promise(r => setTimeout(r, 30));
  }
  window.scrollTo(0, 0);
}"""


class Watched:
    """A page with everything that it asked for and complained of."""

    def __init__(self, browser: Any, path: Path) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on(
            "console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.goto(path.as_uri())
        self.page.evaluate(DRAW_ALL)

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_when_opened_in_every_mode_then_no_violation_no_request_and_no_sideways_scrolling(
    browser: Any, pages: Path, name: str
) -> None:
    with Watched(browser, pages / f"{name}.html") as watched:
        page, found = watched.page, []
        drawn = page.evaluate("document.querySelectorAll('.chart .main-svg').length > 0")
        assert drawn or not page.evaluate("document.querySelectorAll('.chart').length")
        assert "Share chart" not in page.content()
        assert page.locator(".modebar-btn").count() == 0
        page.evaluate(OPEN_ALL)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(SCROLLS_INSIDE) == []
        page.evaluate(TAKE_CHARTS_AWAY)
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
        page.evaluate(REMEMBER_COLOURS)
        for width, modes in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            for mode in modes:
                page.emulate_media(**mode)
                assert page.evaluate(SAMPLE_CONTRAST) > LOOKS
                for run in (AXE_ON_CONTRAST, *(() if mode in RECOLOURED else (AXE_ON_THE_REST,))):
                    found += [(width, mode, *one) for one in page.evaluate(RUN_AXE, run)]
        assert found == []
        assert [r for r in watched.requests if not r.startswith(("file:", "data:", "blob:"))] == []
        assert watched.errors == []


def test_page_when_a_key_user_goes_through_it_then_no_focus_in_a_chart_and_the_first_stop_is_the_skip_link(
    browser: Any, pages: Path
) -> None:
    with Watched(browser, pages / "incidents.html") as watched:
        page = watched.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        focusable = ".chart a[href], .chart button, .chart input, .chart [tabindex]"
        inside = f"document.querySelectorAll('{focusable}').length"
        assert page.evaluate(inside) == 0


def test_page_when_javascript_is_off_then_every_figure_is_in_a_table(browser: Any, pages: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / "who.html").as_uri())
    assert page.locator("section.exhibit").count() == page.locator("section.exhibit table").count() > 0
    assert page.get_by_text("The chart is drawn by a script.").first.is_visible()
    context.close()


def test_single_file_when_opened_alone_then_charts_are_drawn_and_nothing_is_fetched(
    browser: Any, single_file: Path
) -> None:
    with Watched(browser, single_file) as watched:
        assert watched.page.evaluate("document.querySelectorAll('.chart .main-svg').length") > 50
        assert watched.requests[1:] == [] and watched.errors == []


def test_chart_when_the_page_is_dark_then_its_marks_are_light(browser: Any, pages: Path) -> None:
    with Watched(browser, pages / "again.html") as watched:
        page = watched.page
        colour = "getComputedStyle(document.querySelector('.chart .xtick text')).fill"
        light = page.evaluate(colour)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(300)
        assert (light, page.evaluate(colour)) == ("rgb(11, 12, 12)", "rgb(243, 242, 241)")


def test_chart_when_printed_then_none_is_cut_off_by_its_column(browser: Any, pages: Path) -> None:
    with Watched(browser, pages / "incidents.html") as watched:
        page = watched.page
        page.set_viewport_size({"width": 1280, "height": 900})  # the width on screen must not matter
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": A4_WIDTH, "height": 900})
        cut = """() => [...document.querySelectorAll('.chart')].filter(c => c.querySelector('.main-svg') &&
          c.querySelector('.main-svg').getBoundingClientRect().width > c.getBoundingClientRect().width + 1)
          .map(c => c.id)"""
        assert page.evaluate("document.querySelectorAll('.panels:not(.one) .main-svg').length") > 1
        assert page.evaluate(cut) == []
