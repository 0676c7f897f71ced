// Returns how far the document is drawn: [whether its HTML is parsed, characters of text seen].
() => {
  const MAX_ELEMENTS = 5000;
  const count = (within) => {
    let chars = 0;
    for (const element of [...within.querySelectorAll("*")].slice(0, MAX_ELEMENTS)) {
      const root = element.shadowRoot;
      if (root) chars += root.textContent.length + count(root);
    }
    return chars;
  };
  const seen = document.body ? document.body.innerText.length : 0;
  return [document.readyState !== "loading", seen + count(document)];
}
