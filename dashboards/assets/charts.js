/* Draws the figures that the page carries as JSON. No request leaves the page: the script reads, draws and listens to the
   reader's colour scheme and to printing. Colours are swapped for a dark page, and for the system's own in forced colours. */
(function () {
  "use strict";
  var bases = JSON.parse(document.getElementById("chart-bases").textContent);
  var onDark = JSON.parse(document.body.dataset.onDark);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var forced = window.matchMedia("(forced-colors: active)");
  // A4 less its margins is 688 pixels wide, and two panels with a gap stand side by side. The width on screen says nothing of it
  var PRINT_WIDTH = 640, PRINT_WIDTH_OF_TWO = 320;
  var printing = false;

  function systemColour(name) {
    var probe = document.createElement("span");
    probe.style.color = name;
    document.body.appendChild(probe);
    var found = window.getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  function swap(node, map) {
    if (typeof node === "string") { return map[node] || node; }
    if (Array.isArray(node)) { return node.map(function (n) { return swap(n, map); }); }
    if (node && typeof node === "object") {
      var out = {};
      Object.keys(node).forEach(function (k) { out[k] = swap(node[k], map); });
      return out;
    }
    return node;
  }

  // a figure's own layout, or a trace, shape or note, over what all of its kind share
  function laid(base, own) {
    var out = JSON.parse(JSON.stringify(base));
    Object.keys(own).forEach(function (k) {
      var both = out[k] && typeof out[k] === "object" && !Array.isArray(out[k]);
      out[k] = both ? Object.assign(out[k], own[k]) : own[k];
    });
    return out;
  }

  function ofKinds(parts) { return parts.map(function (p) { return p.kind ? laid(bases.kinds[p.kind], p) : p; }); }

  function colours() {
    if (printing) { return {}; }
    if (forced.matches) {
      var map = {};
      var text = systemColour("CanvasText"), grey = systemColour("GrayText"), strong = systemColour("Highlight");
      Object.keys(onDark).forEach(function (k) { map[k] = text; });
      map["#BFBFBF"] = grey; map["#F46A25"] = strong;
      map["#D9D9D9"] = map["#FFFFFF"] = systemColour("Canvas");
      return map;
    }
    return dark.matches ? onDark : {};
  }

  function holders() { return Array.prototype.slice.call(document.querySelectorAll("script[data-figure]")); }

  function draw(holder) {
    var target = document.getElementById(holder.dataset.figure);
    var figure = JSON.parse(holder.textContent);
    figure.data = ofKinds(figure.data);
    ["shapes", "annotations"].forEach(function (k) {
      if (figure.layout[k]) { figure.layout[k] = ofKinds(figure.layout[k]); }
    });
    figure.layout = laid(bases.layouts[figure.base], figure.layout);
    figure = swap(figure, colours());
    figure.layout.autosize = true;
    if (printing) {
      figure.layout.width = target.closest(".panels:not(.one)") ? PRINT_WIDTH_OF_TWO : PRINT_WIDTH;
      figure.layout.autosize = false;
    }
    if (!target.dataset.drawn) { target.textContent = ""; }
    target.dataset.drawn = "yes";
    window.Plotly.react(target, figure.data, figure.layout, bases.config);
  }

  function drawAll() { holders().forEach(draw); }

  function drawSeen() {
    if (!("IntersectionObserver" in window)) { drawAll(); return; }
    var watcher = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) { return; }
        watcher.unobserve(entry.target);
        draw(document.querySelector('script[data-figure="' + entry.target.id + '"]'));
      });
    }, { rootMargin: "600px" });
    holders().forEach(function (h) { watcher.observe(document.getElementById(h.dataset.figure)); });
  }

  function redraw() {
    holders().forEach(function (h) {
      if (document.getElementById(h.dataset.figure).dataset.drawn) { draw(h); }
    });
  }

  dark.addEventListener("change", redraw);
  forced.addEventListener("change", redraw);
  window.addEventListener("beforeprint", function () { printing = true; drawAll(); });
  window.addEventListener("afterprint", function () { printing = false; drawAll(); });
  if (document.documentElement.dataset.edition === "print") { printing = true; drawAll(); } else { drawSeen(); }
}());
