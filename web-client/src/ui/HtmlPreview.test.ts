// Styles of a previewed text are put where the page's policy does not refuse them.
import { expect, test } from "vitest";
import { withStylesAside } from "./HtmlPreview";

test("styles are put aside, and nothing else is touched", () => {
  const html =
    '<style media="all">a > b { color: red }</style><p class="x" style="margin:0">style="1"</p>';

  expect(withStylesAside(html)).toBe(
    '<template>a > b { color: red }</template><p class="x" data-style="margin:0">style="1"</p>',
  );
});
