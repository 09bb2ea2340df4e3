// Marks the section being read in the table of contents.
(function () {
  "use strict";
  const links = Array.from(document.querySelectorAll("nav a"));
  const sections = links.map((link) => document.querySelector(link.getAttribute("href")));
  function mark() {
    const passed = sections.filter((one) => one.getBoundingClientRect().top < 120).length;
    links.forEach((link, k) => {
      const here = k === Math.max(passed - 1, 0);
      link.classList.toggle("here", here);
      if (here) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
  }
  document.addEventListener("scroll", mark, { passive: true });
  mark();
})();
