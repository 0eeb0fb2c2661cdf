/// The only script of our pages: it lets a reader choose which row of a grid of values colours a text. It is written without `<` and
/// `&`, which stand for themselves in a script of HTML and do not in one of XML; our pages are both.
let browserScript = """
    "use strict";
    (function () {
      var dark = window.matchMedia("(prefers-color-scheme: dark)");
      function hue(name) {
        var text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        return [1, 3, 5].map(function (at) { return parseInt(text.slice(at, at + 2), 16); });
      }
      function read(element) {
        var text = atob(element.textContent.trim()), values = new Int8Array(text.length);
        for (var i = 0; i !== text.length; i++) values[i] = text.charCodeAt(i);
        var data = element.dataset;
        return {
          rows: +data.rows, best: +data.best, scale: +data.scale, values: values, noun: data.noun,
          tokens: JSON.parse(data.tokens), names: data.names ? JSON.parse(data.names) : null
        };
      }
      function start(box) {
        var parts = Array.prototype.map.call(box.querySelectorAll(".data"), read);
        var choice = box.querySelector("select"), slider = box.querySelector("input"), canvas = box.querySelector("canvas");
        var frame = box.querySelector(".frame"), text = box.querySelector(".shaded"), label = box.querySelector("output");
        var part = parts[0], row = part.best;
        function value(row, step) { return part.values[row * part.tokens.length + step] / 127; }
        function name(row) { return part.names ? part.names[row] : part.noun + " " + row; }
        function say(row, step) {
          label.textContent = name(row) + ", “" + part.tokens[step].trim() + "”: " + (value(row, step) * part.scale).toPrecision(3);
        }
        function paint() {
          var columns = part.tokens.length, tall = part.rows > 160 ? 3 : part.rows > 48 ? 5 : 12;
          canvas.width = columns;
          canvas.height = part.rows;
          canvas.style.width = Math.max(2, Math.min(24, (box.clientWidth - 2) / columns)) * columns + "px";
          canvas.style.height = part.rows * tall + "px";
          var pen = canvas.getContext("2d"), image = pen.createImageData(columns, part.rows);
          var hues = [hue("--positive"), hue("--negative")];
          for (var i = 0; i !== part.values.length; i++) {
            var rgb = hues[part.values[i] > 0 ? 0 : 1];
            for (var c = 0; c !== 3; c++) image.data[4 * i + c] = rgb[c];
            image.data[4 * i + 3] = Math.round(Math.abs(part.values[i]) * 2);
          }
          pen.putImageData(image, 0, 0);
          show();
        }
        function show() {
          var hues = [hue("--positive"), hue("--negative")];
          text.textContent = "";
          part.tokens.forEach(function (token, step) {
            var span = document.createElement("span"), amount = value(row, step), rgb = hues[amount > 0 ? 0 : 1];
            span.textContent = token;
            span.style.background = "rgba(" + rgb.join(",") + "," + (Math.abs(amount) * (dark.matches ? 0.62 : 0.8)).toFixed(3) + ")";
            span.onmouseenter = function () { say(row, step); };
            if (part.names) span.onclick = function () { if (part.rows > step) { row = step; show(); } };
            text.appendChild(span);
          });
          slider.max = part.rows - 1;
          slider.value = row;
          label.textContent = name(row);
          var height = canvas.clientHeight / part.rows;
          frame.style.top = row * height + "px";
          frame.style.height = height + "px";
          frame.style.width = canvas.clientWidth + "px";
        }
        function at(event) {
          var area = canvas.getBoundingClientRect();
          var y = Math.floor((event.clientY - area.top) / area.height * part.rows);
          var x = Math.floor((event.clientX - area.left) / area.width * part.tokens.length);
          return [Math.max(0, Math.min(part.rows - 1, y)), Math.max(0, Math.min(part.tokens.length - 1, x))];
        }
        canvas.onclick = function (event) { row = at(event)[0]; show(); };
        canvas.onmousemove = function (event) { var place = at(event); say(place[0], place[1]); };
        slider.oninput = function () { row = +slider.value; show(); };
        choice.onchange = function () { part = parts[+choice.value]; row = part.best; paint(); };
        if (parts.length === 1) choice.hidden = true;
        dark.addEventListener("change", paint);
        window.addEventListener("resize", paint);
        box.querySelector(".controls").hidden = false;
        paint();
      }
      Array.prototype.forEach.call(document.querySelectorAll(".browser"), start);
    })();

    """

/// The styles of what the script works on.
let browserStyle = """
    :root{--positive:\(seriesColors[0].light);--negative:\(seriesColors[1].light)}
    @media (prefers-color-scheme:dark){:root{--positive:\(seriesColors[0].dark);--negative:\(seriesColors[1].dark)}}
    .browser{margin:0 0 28px}
    .browser .controls{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;font-size:14px;margin:0 0 8px}
    .browser .controls[hidden]{display:none}
    .browser select{font:inherit;color:inherit;background:var(--tint);border:1px solid var(--rule);border-radius:6px;padding:4px 8px;max-width:100%}
    .browser input{accent-color:var(--accent);flex:1;min-width:140px}
    .browser output{font-variant-numeric:tabular-nums;color:var(--soft);min-width:18ch;font-size:13px}
    .browser .grid{position:relative;max-height:360px;overflow:auto;border:1px solid var(--rule);border-radius:6px;margin:12px 0 0}
    .browser canvas{display:block;image-rendering:pixelated;cursor:pointer}
    .browser .frame{position:absolute;left:0;outline:2px solid var(--ink);pointer-events:none}
    .browser .data{display:none}
    .expected{border-collapse:separate;border-spacing:1px;width:auto;margin:0 0 14px;table-layout:fixed;
    font:13px/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    .expected td,.expected th{padding:1px 3px;border:0;text-align:center;min-width:1.35em;white-space:pre;max-width:none}
    .expected th{color:var(--ink);font-weight:650;font-size:13px}
    .expected .right{outline:1px solid var(--soft);outline-offset:-1px}

    """
