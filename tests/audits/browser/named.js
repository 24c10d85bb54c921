/* What has the focus, for people. */
() => document.activeElement.outerHTML.slice(0, 200)
