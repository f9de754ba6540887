// HTML from elsewhere, shown in a frame where no script of it runs and nothing is fetched.
import styles from "./HtmlPreview.module.css";

const ASIDE = "data-style";

/** The HTML with its styles where no browser looks for them. */
export function withStylesAside(html: string): string {
  return html
    .replaceAll(/<(\/?)style\b[^>]*>/gi, "<$1template>")
    .replaceAll(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle=/i, ` ${ASIDE}=`));
}

interface HtmlPreviewProps {
  title: string;
  html: string;
}

export function HtmlPreview({ title, html }: HtmlPreviewProps) {
  // The page's policy holds in the frame, too: it refuses styles in the text, but not those that
  // a script of ours sets. So they are put aside, and set once the frame is there.
  const show = (frame: HTMLIFrameElement | null) => {
    const page = frame?.contentDocument;
    if (frame == null || page == null) return;
    const read = new DOMParser().parseFromString(trusted(withStylesAside(html)), "text/html");
    const sheets = [...read.querySelectorAll("template")].map(({ content }) => content.textContent);
    for (const found of read.querySelectorAll("template, script, link, meta, base")) found.remove();
    for (const link of read.querySelectorAll("a")) link.setAttribute("target", "_blank");
    const body = page.adoptNode(read.body);
    page.body.replaceWith(body);
    for (const element of [body, ...body.querySelectorAll<HTMLElement>(`[${ASIDE}]`)]) {
      element.style.cssText = element.getAttribute(ASIDE) ?? "";
    }
    page.adoptedStyleSheets = sheets.map((text) => sheetOf(page, text ?? ""));
    frame.style.height = `${page.documentElement.scrollHeight}px`;
  };
  return (
    <iframe
      key={html}
      className={styles.frame}
      title={title}
      // Same origin, so that `show` reaches it; without allow-scripts nothing in it can run.
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      ref={show}
    />
  );
}

function sheetOf(page: Document, text: string): CSSStyleSheet {
  const Sheet = (page.defaultView as (Window & typeof globalThis) | null)?.CSSStyleSheet;
  const sheet = new (Sheet ?? CSSStyleSheet)();
  sheet.replaceSync(text);
  return sheet;
}

interface TrustedTypes {
  createPolicy: (
    name: string,
    rules: { createHTML: (html: string) => string },
  ) => { createHTML: (html: string) => string };
}

const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy(
  "preview",
  // What is parsed here is shown where no script runs.
  { createHTML: (html) => html },
);

function trusted(html: string): string {
  return policy?.createHTML(html) ?? html;
}
