/* The number of what has the focus (null: nothing), and whether that is seen. */
() => {
  const element = document.activeElement;
  const number = window.usable.indexOf(element);
  if (element === document.body || number < 0) return [null, false];
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return [number, inside && outlined];
}
