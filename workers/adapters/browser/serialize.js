// Returns the document as JSON: {"html": …}, or {"length": …} if it is longer than `maxChars`.
// Text in open shadow roots is written as declarative ones (<template shadowrootmode>).
// `document.body` and the like may be an <img name="body">: the prototypes' own are asked instead.
(maxChars) => {
  const MAX_ROOTS = 500;
  const own = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
  const root = own("documentElement");
  if (!root) return JSON.stringify({ html: "" });
  const shadowRoots = [];
  const collect = (elements) => {
    for (const element of elements) {
      const shadow = element.shadowRoot;
      if (shadow instanceof ShadowRoot && shadowRoots.length < MAX_ROOTS) {
        shadowRoots.push(shadow);
        collect(shadow.querySelectorAll("*"));
      }
    }
  };
  collect(root.querySelectorAll("*"));
  const shell = root.cloneNode(false).outerHTML;
  const end = shell.lastIndexOf("</");
  const inner = root.getHTML({ shadowRoots });
  const html = "<!DOCTYPE html>" + shell.slice(0, end) + inner + shell.slice(end);
  return JSON.stringify(html.length > maxChars ? { length: html.length } : { html });
}
