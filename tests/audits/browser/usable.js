/* Numbers what can be used in the part that is shown, and says how many there are. */
() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")];
  window.usable = all.filter((each) => each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }));
  return window.usable.length;
}
