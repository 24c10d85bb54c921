/* The elements that stand out at the right, for people. */
() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 5)
  .map((each) => each.outerHTML.slice(0, 120))
