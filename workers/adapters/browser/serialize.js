// Returns the document as JSON: {"html": …}, or {"length": …} if it is longer than `maxChars`.
// Text in open shadow roots is written as declarative ones (<template shadowrootmode>).
(maxChars) => {
  const MAX_ROOTS = 500;
  const root = document.documentElement;
  if (!root) return JSON.stringify({ html: "" });
  const shadowRoots = [];
  const collect = (within) => {
    for (const element of within.querySelectorAll("*")) {
      if (element.shadowRoot && shadowRoots.length < MAX_ROOTS) {
        shadowRoots.push(element.shadowRoot);
        collect(element.shadowRoot);
      }
    }
  };
  collect(document);
  const shell = root.cloneNode(false).outerHTML;
  const end = shell.lastIndexOf("</");
  const inner = root.getHTML({ shadowRoots });
  const html = "<!DOCTYPE html>" + shell.slice(0, end) + inner + shell.slice(end);
  return JSON.stringify(html.length > maxChars ? { length: html.length } : { html });
}
