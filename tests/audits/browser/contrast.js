/* The contrast of each text that is seen with what is behind it, as WCAG 2 computes it. */
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below, alpha) => top.slice(0, 3).map((value, at) => value * alpha + below[at] * (1 - alpha));
  const luminance = (color) => {
    const [r, g, b] = color.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const opacity = (element) => {
    let found = 1;
    for (let at = element; at; at = at.parentElement) found *= +getComputedStyle(at).opacity;
    return found;
  };
  /* everything that lies at a point, from the bottom to the top, but nothing above `element` */
  const behind = (element, x, y) => {
    const stack = document.elementsFromPoint(x, y);
    const place = stack.indexOf(element);
    let color = [255, 255, 255];
    for (const each of stack.slice(place < 0 ? 0 : place).reverse()) {
      const style = getComputedStyle(each);
      const shape = each instanceof SVGGeometryElement;
      if (each === element && element instanceof SVGElement) continue;
      const paint = rgba(shape ? style.fill : style.backgroundColor);
      color = over(paint, color, paint[3] * opacity(each));
    }
    return color;
  };
  const result = [];
  const look = (element, box, shown, paint) => {
    if (!box.width || !box.height) return;
    const x = box.left + Math.min(box.width / 2, 12), y = box.top + box.height / 2;
    const back = behind(element, x, y);
    const ink = rgba(paint);
    const front = over(ink, back, ink[3] * opacity(element));
    const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
    result.push({ text: shown.slice(0, 60), ratio: (light + 0.05) / (dark + 0.05), front, back });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement, shown = node.data.trim();
    if (!shown || element.closest("script, style, title, option, noscript")) continue;
    if (!element.checkVisibility({ visibilityProperty: true }) || element.matches(".skip")) continue;
    element.scrollIntoView({ block: "center", inline: "nearest" });
    const range = document.createRange();
    range.selectNodeContents(node);
    const style = getComputedStyle(element);
    look(element, range.getClientRects()[0] || { width: 0 }, shown, element instanceof SVGElement ? style.fill : style.color);
  }
  for (const element of document.querySelectorAll("input, select")) {
    if (!element.checkVisibility()) continue;
    element.scrollIntoView({ block: "center" });
    const box = element.getBoundingClientRect();
    look(element, box, element.id, getComputedStyle(element).color);
    if (element.placeholder) look(element, box, element.placeholder, getComputedStyle(element, "::placeholder").color);
  }
  scrollTo(0, 0);
  return result;
}
